"""Keys and ciphers. openssl(1), ssh-keygen(1), age-keygen(1)."""

TABLE = r"""
openssl
  output   filters.deciphered
  run      keys.openssl
  may      sends

ssh-keygen
  options  -t=text -b=text -f=text -C=text -N=text -P=text -q -y -l -p -R=text -F=text -i -e -m=text -E=text -s=read
           -I=text -n=text -V=text -c -B -L -H -A -D=run -K=text -k -M=text -O=text -r=text -U -u -v -w=run -Y=text
           -Z=text -a=text -z=text
  run      keys.keygen

mkcert
  options  -cert-file=write -key-file=write -p12-file=write -csr=read -client -ecdsa -pkcs12 -install!privileged
           -uninstall!privileged -CAROOT!read-only -help!read-only -version!read-only
  single

age-keygen
  options  -o,--output=write -y=read -pq

certutil
  options  -A -D -M -L -K -N -H -E -d=text -n=text -t=text -i=read -a -f=read -k=text -u=text -S -R -C -o=write -s=text
           -x -v=text -m=text -W -O -V -z=read -P=text -U -T -F -G
  run      keys.trusts
"""
