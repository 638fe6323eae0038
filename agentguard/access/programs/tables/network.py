"""Network clients but those of the web. ssh(1), scp(1), rsync(1), nc(1), dig(1)."""

TABLE = r"""
ssh slogin
  options  -4 -6 -A -a -B=text -b=text -C -c=text -D=text -E=write -e=text -F=text -f -G -g -I=run -i=text -J=text -K
           -k -L=text -l=text -M -m=text -N -n -O=text -o=text -p=text -P=text -q -Q=text -R=text -S=text -s -T -t -V
           -v -W=text -w=text -X -x -Y -y
  stop
  again
  fetches
  run      ssh.run
  may      publishes sends

ssh-add
  options  -l -L -d -D -t=text -K -k -x -X -s=text -e=text -q -v -c -T=look -h=text -H=read -E=text
           --apple-use-keychain --apple-load-keychain
  operands text*

ssh-copy-id
  options  -i=text -p=text -o=text -F=text -f -n -s -x -t=text
  run      ssh.copies_key
  may      sends

ssh-keyscan
  options  -4 -6 -c -D -f=read -H -p=text -q -T=text -t=text -O=text
  operands host*

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
  may      sends

sftp
  options  -1 -2 -4 -6 -A -a -b=read -B=text -C -c=text -D=shell -F=text -i=text -J=text -l=text -N -o=text -P=text -p
           -R=text -S=shell -s=text -r -q -v -X=text
  run      ssh.sftp
  may      destroys-data sends

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
  may      destroys-data sends

nc ncat netcat nc.traditional nc.openbsd netcat-traditional netcat-openbsd
  options  -4 -6 -b -C -c=shell -D -d -e,--exec=shell -F -g=text -G=text -h -I=text -i=text -k -l,--listen -M=text
           -m=text -N -n -O=text -p=text -P=text -q=text -r -S -s=text -T=text -t -U -u -V=text -v -W=text -w=text
           -X=text -x=text -Z=text -z --sh-exec=shell --lua-exec=run --ssl
  fetches
  run      network.netcat
  may      destroys-data privileged sends

socat
  options  -d -v -x -t=text -T=text -u -U -b=text -L=text -lf=write -r=write -R=write -ly -lm -4 -6
  single
  fetches
  run      network.socat
  may      privileged sends

telnet
  options  -a -l=text -n=text -b=text -8 -E
  fetches
  run      network.netcat
  may      sends

ftp lftp ncftp tftp smbclient
  options  -n -i -v -p=text -u=text -e=text -c,--command=text -f=read -d -U,--user=text -N,--no-pass -A=read -W=text -D=text
           -I=text -P -4 -6 -g -t=text -z=text
  traits   sends
  run      ssh.ftp

ssh-import-id
  options  -o,--output=write -r,--remove -u,--useragent=text
  run      ssh.copies_key

ncftpput ncftpget tnftp
  options  -u=text -p=text -P=text -R -m -f=read -v -d=write -c=text -l=text
  operands host text read*
  traits   sends

dig
  options  -b=text -c=text -f=read -k=read -p=text -q=host -t=text -x=host -y=text -4 -6 -m -u
  fetches
  run      network.asks
  may      computed-address sends

nslookup
  options  -type=text -query=text -port=text
  single
  fetches
  run      network.asks
  may      computed-address sends

host
  options  -a -c=text -C -d -l -N=text -r -R=text -t=text -T -v -w -W=text -4 -6
  fetches
  run      network.asks
  may      computed-address sends

drill delv kdig doggo dog
  options  -b=text -c=text -f=read -k=read -p=text -q=host -t=text -x=host -y=text -4 -6 -D -S -T -V=text -a -I -s -u -J
           -n,--nameserver=host --type=text --class=text --query=host --tls --https --json
  fetches
  run      network.asks

whois
  options  -h=host -p=text -H -I -a -r -t=text -v=text

ping ping6 traceroute traceroute6 tracepath mtr hping3 arping tcptraceroute
  options  -c=text -i=text -s=text -t=text -w=text -W=text -I=text -p=text -m=text -M=text -f=text -q=text -l=text
           -S=text -T=text -Q=text -F=text -g -a -n -r -u -b -R -4 -6 --report --tcp --udp --report-cycles=text
           --port=text -E=read --file=read -P=text
  operands host text*
  run      network.pings
  may      computed-address sends

fping
  options  -c=text -C=text -i=text -t=text -p=text -b=text -r=text -I=text -f=read -g -a -u -q -s -4 -6
  operands host*

nmap masscan zmap rustscan naabu
  options  -p=text -o=text -oN=write -oX=write -oG=write -oA=write -iL=read --script=text -T=text --excludefile=read
           --exclude=text --rate=text --top-ports=text --max-retries=text --host-timeout=text --min-rate=text -e=text
           -D=text -S=text -g=text --data-length=text --script-args=text --dns-servers=text -sI=host --proxies=url
           -a=host -sn -sS -sV -Pn -A -O -n -v --open -host=host -list=read
  operands host*
  single

iperf iperf3 nuttcp
  options  -c,--client=host!sends -s,--server -p,--port=text -t=text -P=text -R -u -b=text -i=text -n=text -F=read -J
           -4 -6 --logfile=write -B=text

ab wrk hey siege vegeta bombardier
  options  -n=text -c=text -t=text -d=text -p=read -T=text -H=text -m=text -A=text -C=text -s=run -k -r -b=text
           -f=read -z=text -q=text -D=read -o=write -e=write -g=write -u=read -rate=text -duration=text -i -l
           --latency --body=text
  operands url

netstat
  traits   read-only

ss
  options  -t -u -l -p -n -a -f=text -F=read -D=write -A=text -o -K!signals --kill!signals
  traits   read-only

ec2-metadata ec2metadata
  options  --help --path=text -t -d
  run      network.asks_cloud

hydra medusa ncrack patator crowbar
  options  -l=text -L=read -p=text -P=read -u=text -U=read -C=read -h=host -H=read -M=read -t=text -s=text -o=write
           -m=text -n=text -x=text -e=text -w=text -W=text -f -F -v -V -I
  operands text*
  traits   sends
  run      network.guesses

ipfs
  > cat get
    options  -o,--output=write -a -C -l=text
    fetches
    run      network.shares
  > add
    options  -r,--recursive -q -Q -w -n,--only-hash!read-only --pin -H --cid-version=text
    operands read*
    tree     --recursive
    traits   publishes
  > *
"""
