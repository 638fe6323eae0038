"""Network clients. curl(1), wget(1), ssh(1), scp(1), rsync(1), nc(1), dig(1)."""

TABLE = r"""
curl
  options  -a,--append -A,--user-agent=header -b,--cookie=header -B -c,--cookie-jar=write -C,--continue-at=text
           -d,--data=send --data-ascii=send --data-binary=send --data-raw=sent --data-urlencode=send --json=send
           -D,--dump-header=write -e,--referer=header -E,--cert=read --cacert=read --capath=read --key=read -f,--fail
           -F,--form=form --form-string=sent -g,--globoff -G,--get -h,--help -H,--header=header -i,--include -I,--head
           -j -J,--remote-header-name -k,--insecure -K,--config=read -l -L,--location -m,--max-time=text -M -n,--netrc
           --netrc-file=read -N,--no-buffer -o,--output=write -O,--remote-name --remote-name-all --output-dir=enter -p
           -P,--ftp-port=text -q -Q,--quote=text -r,--range=text -s,--silent -S,--show-error -t,--telnet-option=text
           -T,--upload-file=upload -u,--user=header -U,--proxy-user=text -v,--verbose -V,--version -w,--write-out=text
           -x,--proxy=url -X,--request=text -y=text -Y=text -z,--time-cond=text -# --url=url --retry=text
           --retry-delay=text --retry-max-time=text --connect-timeout=text --resolve=text --connect-to=text
           --interface=text --limit-rate=text --max-redirs=text --unix-socket=edit --trace=write --trace-ascii=write
           --stderr=write --doh-url=url --dns-servers=text --socks5=text --socks5-hostname=text --preproxy=url
           --noproxy=text --oauth2-bearer=header --cert-type=text --key-type=text --pass=text --ciphers=text
           --tls-max=text --max-filesize=text --proto=text --create-dirs --compressed --fail-with-body --http1.1
           --http2 --etag-save=write --etag-compare=read --aws-sigv4=text --abstract-unix-socket=text --libcurl=write
           --hsts=edit --alt-svc=edit --url-query=sent --variable=text
  fetches
  run      network.curl

wget
  options  -a,--append-output=write -A,--accept=text -b,--background -B,--base=url -c,--continue -D,--domains=text
           -e,--execute=text -F -h,--help -H -i,--input-file=read -I=text -k -l,--level=text -m,--mirror -N
           -nc,--no-clobber -nd -np -o,--output-file=write -O,--output-document=write -p -P,--directory-prefix=enter
           -q,--quiet -Q,--quota=text -r,--recursive -R,--reject=text -S,--server-response -t,--tries=text
           -T,--timeout=text -U,--user-agent=header -v -V -w,--wait=text -x -X=text --header=header --post-data=sent
           --post-file=upload --body-data=sent --body-file=upload --method=text --user=text --password=text
           --ca-certificate=read --certificate=read --private-key=read --load-cookies=read --save-cookies=write
           --no-check-certificate --spider --use-askpass=shell --referer=header --content-disposition --show-progress
           --no-verbose -nv
  fetches
  run      network.wget

http
  options  -a,--auth=text -A=text -b -d,--download -f,--form -h -j,--json -o,--output=write --verify=text
           --timeout=text --proxy=text -p,--print=text -v --session=text --body --headers --follow
  fetches
  run      network.httpie

aria2c
  options  -o,--out=write -d,--dir=enter -x=text -s=text -j=text -i,--input-file=read -k=text -c --header=text
           --on-download-complete=shell
  operands url*
  fetches

ssh slogin
  options  -4 -6 -A -a -B=text -b=text -C -c=text -D=text -E=write -e=text -F=text -f -G -g -I=run -i=text -J=text -K
           -k -L=text -l=text -M -m=text -N -n -O=text -o=text -p=text -P=text -q -Q=text -R=text -S=text -s -T -t -V
           -v -W=text -w=text -X -x -Y -y
  stop
  again
  fetches
  run      ssh.run

ssh-keygen
  options  -t=text -b=text -f=text -C=text -N=text -P=text -q -y -l -p -R=text -F=text -i -e -m=text -E=text -s=read
           -I=text -n=text -V=text
  run      network.keygen

ssh-add
  options  -l -L -d -D -t=text -K -k -x -X -s=text -e=text
  operands read*

ssh-agent
  options  -s -c -k -a=text -t=text -d -D
  operands command
  stop
  output   nothing

scp
  options  -3 -4 -6 -A -B -C -c=text -D=text -F=text -i=text -J=text -l=text -O -o=text -P=text -p -q -R
           -r,--recursive -S=shell -s -T -v -X=text
  tree     --recursive
  run      network.copies

sftp
  options  -1 -2 -4 -6 -A -a -b=read -B=text -C -c=text -D=shell -F=text -i=text -J=text -l=text -N -o=text -P=text -p
           -R=text -S=shell -s=text -r -q -v -X=text
  traits   sends
  run      ssh.sftp

rsync
  options  -a,--archive -b,--backup -B=text -c,--checksum -C -d,--dirs -e,--rsh=shell -E -f,--filter=text -g -h -H -i
           -I -k -K -l -L -m -M=text -n,--dry-run -N -o -O -p -P -q,--quiet -r,--recursive -R,--relative -s -S -t
           -T,--temp-dir=text -u,--update -U -v,--verbose -W -x -X -y -z,--compress -0 --backup-dir=write
           --bwlimit=text --compare-dest=text --copy-dest=text --delete --delete-after --delete-excluded
           --exclude=text --exclude-from=read --files-from=read --include=text --include-from=read --link-dest=text
           --log-file=write --max-size=text --min-size=text --chmod=text --chown=text --out-format=text
           --partial-dir=text --password-file=read --port=text --progress --rsync-path=text --remove-source-files
           --suffix=text --timeout=text --stats --info=text --partial --inplace
  tree     --recursive --archive
  run      network.copies

nc ncat netcat nc.traditional nc.openbsd netcat-traditional netcat-openbsd
  options  -4 -6 -b -C -c=shell -D -d -e,--exec=shell -F -g=text -G=text -h -I=text -i=text -k -l,--listen -M=text
           -m=text -N -n -O=text -p=text -P=text -q=text -r -S -s=text -T=text -t -U -u -V=text -v -W=text -w=text
           -X=text -x=text -Z=text -z --sh-exec=shell --lua-exec=run --ssl
  fetches
  run      network.netcat

socat
  options  -d -v -x -t=text -T=text -u -U -b=text -L=text
  fetches
  run      network.socat

telnet
  options  -a -l=text -n=text -b=text -8 -E
  fetches
  run      network.netcat

ftp lftp ncftp tftp smbclient
  options  -n -i -v -p=text -u=text -e=text -c,--command=text -f=read -d -U,--user=text -N,--no-pass -A=read -W=text -D=text
           -I=text -P -4 -6 -g -t=text -z=text
  traits   sends
  run      ssh.ftp

ssh-copy-id
  options  -i=text -p=text -o=text -F=text -f -n -s -x -t=text
  run      ssh.copies_key

ssh-import-id
  options  -o,--output=write -r,--remove -u,--useragent=text
  run      ssh.copies_key

dig
  options  -b=text -c=text -f=read -k=read -p=text -q=host -t=text -x=host -y=text -4 -6 -m -u
  run      network.asks

nslookup
  options  -type=text -query=text -port=text
  single
  run      network.asks

host
  options  -a -c=text -C -d -l -N=text -r -R=text -t=text -T -v -w -W=text -4 -6
  run      network.asks

whois
  options  -h=host -p=text

ping traceroute
  options  -c=text -i=text -s=text -t=text -w=text -W=text -I=text -p=text
  operands host*

nmap
  options  -p=text -o=text -oN=write -oX=write -oG=write -iL=read --script=text -T=text
  operands host*
  single

openssl
  output   filters.deciphered
  run      network.openssl

netstat
  traits   read-only

ss
  options  -t -u -l -p -n -a
  traits   read-only

ngrok cloudflared
  traits   publishes

mail sendmail
  options  -s=text -a=read -A=read -c=text -b=text -r=text
  traits   sends

http-server
  options  -p=text -a=text
  operands read
  run      network.serves

serve
  options  -l,--listen=text -s,--single -p=text
  operands read
  run      network.serves
"""
