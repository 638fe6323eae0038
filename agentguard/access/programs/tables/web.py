"""Clients of the web. curl(1), wget(1), httpie.io, aria2c(1), hurl.dev.

The certificates and keys by which these show who they are stay with them: nobody else learns what is in them.
"""

TABLE = r"""
curl
  options  -a,--append -A,--user-agent=header -b,--cookie=cookies -B -c,--cookie-jar=write -C,--continue-at=text
           -d,--data=send --data-ascii=send --data-binary=send --data-raw=sent --data-urlencode=send --json=send
           -D,--dump-header=write -e,--referer=header -E,--cert=text --cacert=text --capath=text --key=text -f,--fail
           -F,--form=form --form-string=sent -g,--globoff -G,--get -h,--help -H,--header=header -i,--include -I,--head
           -j -J,--remote-header-name -k,--insecure -K,--config=config -l -L,--location -m,--max-time=text -M
           -n,--netrc --netrc-file=read -N,--no-buffer -o,--output=output -O,--remote-name --remote-name-all
           --output-dir=text -p -P,--ftp-port=text -q -Q,--quote=text -r,--range=text -s,--silent -S,--show-error
           -t,--telnet-option=text -T,--upload-file=upload -u,--user=user -U,--proxy-user=user -v,--verbose
           -V,--version -w,--write-out=written -x,--proxy=url -X,--request=text -y=text -Y=text -z,--time-cond=text -#
           --url=text --retry=text --retry-delay=text --retry-max-time=text --connect-timeout=text --resolve=resolve
           --connect-to=elsewhere --interface=text --limit-rate=text --max-redirs=text --unix-socket=edit
           --trace=write --trace-ascii=write --stderr=write --doh-url=url --dns-servers=text --socks4=url
           --socks4a=url --socks5=url --socks5-hostname=url --preproxy=url --noproxy=text --oauth2-bearer=user
           --cert-type=text --key-type=text --pass=text --ciphers=text --tls-max=text --max-filesize=text --proto=text
           --proto-default=text --proto-redir=text --create-dirs --compressed --fail-with-body --http1.1 --http2
           --http3 --etag-save=write --etag-compare=read --aws-sigv4=text --abstract-unix-socket=text --libcurl=write
           --hsts=edit --alt-svc=edit --url-query=send --variable=variable --expand-url=text --expand-data=sent
           --expand-json=sent --expand-header=header --expand-user=user --expand-form=form --proxy-header=header
           --proxy-cacert=text --proxy-cert=text --proxy-key=text --pinnedpubkey=text --crlfile=text
           --keepalive-time=text --mail-from=text --mail-rcpt=text --parallel-max=text --request-target=text
           --service-name=text --speed-limit=text --speed-time=text --tlsuser=text --tlspassword=user
           --tls13-ciphers=text --curves=text --egd-file=read --random-file=read --krb=text --login-options=text
           --sasl-authzid=text --delegation=text --engine=text --happy-eyeballs-timeout-ms=text --local-port=text
           --ipfs-gateway=url --rate=text --form-escape --no-progress-meter
  fetches
  run      web.curl
  may      computed-address privileged publishes sends destroys-data prints-environment

wget wget2
  options  -a,--append-output=write -A,--accept=text -b,--background -B,--base=url -c,--continue -D,--domains=text
           -e,--execute=text -F -h,--help -H -i,--input-file=read -I=text -k -l,--level=text -m,--mirror -N
           -nc,--no-clobber -nd -np -nH -o,--output-file=write -O,--output-document=write -p
           -P,--directory-prefix=text -q,--quiet -Q,--quota=text -r,--recursive -R,--reject=text -S,--server-response
           -t,--tries=text -T,--timeout=text -U,--user-agent=header -v -V -w,--wait=text -x -X=text --header=header
           --post-data=sent --post-file=upload --body-data=sent --body-file=upload --method=text --user=text
           --password=user --http-password=user --http-user=text --ftp-password=user --ftp-user=text
           --ca-certificate=text --ca-directory=text --certificate=text --private-key=text --load-cookies=read
           --save-cookies=write --no-check-certificate --spider --use-askpass=shell --referer=header
           --content-disposition --show-progress --no-verbose -nv --config=read --rejected-log=write --warc-file=write
           --hsts-file=edit --limit-rate=text --cut-dirs=text --waitretry=text --random-wait --progress=text
           --exclude-domains=text --accept-regex=text --reject-regex=text --bind-address=text --dns-timeout=text
           --connect-timeout=text --read-timeout=text --proxy-user=text --proxy-password=user --egd-file=read
           --pinnedpubkey=text --secure-protocol=text --restrict-file-names=text --default-page=text --max-redirect=text
  fetches
  run      web.wget
  may      destroys-data publishes sends prints-environment

http https xh xhs curlie
  options  -a,--auth=user -A,--auth-type=text -b,--body -c,--continue -d,--download -f,--form -F,--follow -h,--headers
           -j,--json -m,--meta -o,--output=write --verify=text --timeout=text --proxy=text -p,--print=text -P=text
           -s,--style=text -v,--verbose --session=text --session-read-only=text --raw=sent --cert=text --cert-key=text
           --max-redirects=text --check-status -I,--ignore-stdin --pretty=text --multipart --boundary=text -S,--stream
           --format-options=text --response-mime=text --response-charset=text --default-scheme=text --offline
  fetches
  run      web.httpie
  may      destroys-data publishes sends prints-environment

aria2c
  options  -o,--out=text -d,--dir=text -x=text -s=text -j=text -i,--input-file=read -k=text -c --header=text
           --on-download-complete=shell --on-download-start=shell --on-download-error=shell --on-download-stop=shell
           --on-bt-download-complete=shell --all-proxy=url --http-proxy=url --https-proxy=url --load-cookies=read
           --save-cookies=write --save-session=write -l,--log=write --conf-path=read --http-user=text
           --http-passwd=text -l=write -t=text -m=text --max-tries=text --checksum=text -T,--torrent-file=read
           -M,--metalink-file=read --seed-time=text --file-allocation=text --split=text --max-connection-per-server=text
  fetches
  run      web.downloads

axel
  options  -o,--output=write -n=text -s=text -q -v -a -N -k -S=text? -U,--user-agent=text -H,--header=text -T=text
  operands url*
  fetches

hurl
  options  -o,--output=write --variable=text --variables-file=read -x,--proxy=url --json --test --report-html=write
           --report-json=write --report-junit=write -u,--user=text -b,--cookie=read -c,--cookie-jar=write
           -L,--location -k,--insecure --retry=text --max-time=text --file-root=text --glob=text --cacert=text
           -E,--cert=text --key=text --error-format=text --from-entry=text --to-entry=text --jobs=text --color
           --no-color -v -i,--include
  fetches
  run      web.requests

lynx w3m links elinks
  options  -dump -source -listonly -nolist -T=text -cols=text -width=text -o=text -I=text -accept_all_cookies
           -cfg=read -cookie_file=edit -auth=text -post_data -get_data -useragent=text -stdin
  single
  run      web.browses

lwp-request GET HEAD
  options  -m=text -f -b=text -t=text -i=text -c=text -C=text -a -p=url -P -H=text -u -U -s -S -e -E -d -o=text -v -h -x
  operands url*
  fetches

POST PUT
  like     lwp-request
  traits   sends

lwp-download lwp-mirror
  options  -a -s
  operands url write
  fetches
  run      web.downloads_here

fetch
  options  -1 -4 -6 -A -a -B=text -d -F -h=host -i=read -k -l -M -m -N=read -n -o,--output=write -P -p -q -R -r -S=text
           -s -T=text -U -v -w=text --no-verify-peer
  operands url*
  fetches

grpcurl
  options  -d=text -H=text -plaintext -insecure -cacert=text -cert=text -key=text -proto=read -import-path=text
           -protoset=read -protoset-out=write -connect-timeout=text -max-time=text -authority=text -servername=text -v
           -format=text -emit-defaults -unix -rpc-header=text -reflect-header=text -keepalive-time=text -max-msg-sz=text
  single
  operands url text*
  fetches
  run      network.calls
  may      sends

websocat
  options  -s,--server-mode -H,--header=text -t -b -n -1 -k -v -q -E -U -u --ping-interval=text --protocol=text
           --origin=text -e --ws-c-uri=text --basic-auth=text --text --binary -B=text --oneshot
  fetches
  run      network.sockets
  may      sends

wscat
  options  -c,--connect=text -l,--listen=text -H,--header=text -x,--execute=text -s,--subprotocol=text -n -P --slash
           --auth=text -o,--origin=text -w,--wait=text --ca=text --cert=text --key=text --host=text
  fetches
  run      network.sockets
  may      sends
"""
