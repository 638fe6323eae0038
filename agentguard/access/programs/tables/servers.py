"""What listens, opens a port to others, captures, or sets up the network. Manual pages of sections 1 and 8."""

TABLE = r"""
http-server lite-server
  options  -p,--port=text -a,--host=text -c=text -o=text? -S,--tls -C=text -K=text --cors=text? -d=text -i=text -g -b
           -s -P=url --proxy=url --files=text --entry-file=text --ignore=text
  operands look
  run      servers.serves

serve sirv static-server warp-serve dufs
  options  -l,--listen=text -s,--single -p,--port=text -a,--auth=text -d,--debug -c,--config=read -i,--host=text
           -b=text -f=read --addr=text -r=text -u=text -h=text -F -n -C
  operands look
  run      servers.serves

twist
  options  -n,--nodaemon -y,--python=run -l,--logfile=write --pidfile=write -f,--file=read -o -b
  > web
    options  --path=look -l,--listen=text -p,--port=text --notracebacks --class=text --wsgi=text
    run      servers.serves_here
  > ftp conch mail
    options  -r,--root=text -p,--port=text
    run      servers.serves_here
  > *

nginx httpd apache2 haproxy squid envoy traefik dnsmasq
  options  -c=read -f=read -p=text -g=text -t!read-only -T!read-only -v!read-only -V!read-only -k=text -s=text
           -e=write -D=text -C=text -h!read-only --version!read-only -q
  run      servers.daemons
  may      controls-service

caddy
  options  -c,--config=read -a,--adapter=text -w,--watch -p,--pidfile=write
  > file-server
    options  -l,--listen=text -r,--root=look -b,--browse -d,--domain=text -t,--templates -v,--access-log
    run      servers.serves
  > reverse-proxy respond
    options  -f,--from=text -t,--to=text -l,--listen=text -s,--status=text -b,--body=text -c,--change-host-header
    run      servers.serves
  > run start
    options  -c,--config=read -a,--adapter=text -w,--watch --envfile=text --environ!prints-environment
  > stop reload
    options  -c,--config=read --address=text
    traits   controls-service
  > version list-modules build-info help validate adapt hash-password fmt environ
    options  -c,--config=read -a,--adapter=text
    traits   read-only
  > *

teleconsole
  options  -F -S=text -f=read -k=text -n=text --server=text -a=text
  traits   publishes

ngrok
  > http tcp tls start tunnel
    options  --domain=text --hostname=text --basic-auth=text --region=text --config=read --authtoken=text
             --host-header=text --subdomain=text --log=text --oauth=text
    traits   publishes
  > version help diagnose update
    traits   read-only
  > config
    >> check upgrade
      traits   read-only
    >> *
  > *

cloudflared
  options  --url=url!publishes --hello-world!publishes
  > tunnel
    options  --url=url --config=read --hostname=text --name=text --origincert=text --credentials-file=read --token=text
             --logfile=write --metrics=text
    traits   publishes
    >> list info help
      options  -o=text
      traits   read-only
    >> login create delete route run cleanup token vnet
      traits   publishes
    >> *
      traits   publishes
  > access
    >> tcp ssh rdp
      options  --hostname=host --url=text
    >> *
  > version update help --version
    traits   read-only
  > *

telebit inlets playit devtunnel pinggy tunnelmole tmole
  options  -p,--port=text -h,--host=text -s,--subdomain=text -l=text --local-host=text -t,--to=text -c,--config=read
           --print-requests -a=text -v!read-only --version!read-only --help!read-only
  run      servers.opens
  may      publishes

gost wstunnel sshuttle
  options  -L=text -F=text -r,--remote=text -e,--ssh-cmd=shell -x=text --auth=text --fingerprint=text -p=text
           --host=text --key=text --pid=write --exclude=text --dns -v -C=read
  traits   privileged

tcpdump
  options  -w=write -r=read -z=text -F=read -C=text -G=text -W=text -c=text -i=text -s=text -y=text -B=text -E=text
           -M=text -Q=text -T=text -V=read -Z=text -m=read -D --list-interfaces -h --version -n -v -A -X -e -q -t -l
           -U
  run      servers.captures
  may      privileged

tshark dumpcap tcpflow ngrep wireshark termshark
  options  -w=write -r=read -i=text -f=text -Y=text -T=text -e=text -c=text -a=text -b=text -o=text -I -O=write
           -F=text -z=text -d=text -s=text -R=text -X=text -D --list-interfaces -h --version -n -q -V -x -P -l
  run      servers.captures
  may      privileged

systemd-resolve bridge tc iptables-legacy iptables-nft
  output   tells
  run      servers.tables
  may      privileged

ip6tables-save nstat ifstat bmon iwlist
  options  -c -t=text -f=write -i=text -n -s -A -a -S
  traits   read-only

ip6tables-restore
  options  -c -n -t=text -v -T=text -w=text?
  traits   privileged

ipset ifup ifdown dhclient wg wg-quick openvpn wpa_supplicant rfkill
  options  -f=read -c=read -s=text!read-only -n -t=text -e -d --config=read -sr!read-only -sa!read-only -ss!read-only
           -l!read-only
  run      disks.governs
  may      privileged
"""
