"""What hands files to others: mail, clouds, stores. mail(1), mutt(1), swaks(1), rclone.org, aws s3 elsewhere."""

TABLE = r"""
mail mailx s-nail mutt neomutt
  options  -s=text -a=attached -A=read -c=text -b=text -r=text -i=read -F=read -f=read -e=text -q=read -H=read -S=text
           -x -n -E -t -u=text -R -p -N --
  run      senders.mails
  may      sends

sendmail msmtp ssmtp exim postfix-sendmail nullmailer-inject
  options  -t,--read-recipients -f,--from=text -F=text -i -o=text -C=read --host=text --port=text --user=text
           --passwordeval=shell --auth=text? --tls=text? -a,--account=text -O=text -bp!read-only -bv!read-only -q -v
           --file=read
  run      senders.mails
  may      sends

swaks sendemail mailsend
  options  -t,--to=text -f,--from=text -s,--server=text --body=sentfile --attach=sentfile -h=text --header=text -au=text
           -ap=text --data=sentfile -a=read -o=text -u=text -m=text -xu=text -xp=text --port=text -p=text --auth=text?
           --auth-user=text --auth-password=text --tls -d=sentfile
  run      senders.mails
  may      sends

rclone
  options  -n,--dry-run -P,--progress -v,--verbose -q,--quiet --config=text --include=text --exclude=text
           --filter=text --include-from=read --exclude-from=read --filter-from=read --files-from=read --transfers=text
           --checkers=text --bwlimit=text --max-age=text --min-age=text --max-size=text --min-size=text
           --max-depth=text --log-file=write --log-level=text --password-command=shell --addr=text --rc-addr=text
           --backup-dir=text --suffix=text --metadata-set=text --s3-provider=text -i,--interactive
           --drive-shared-with-me --retries=text --create-empty-src-dirs --user=text --pass=text -u,--update
           -c,--checksum --format=text -R,--recursive
  run      senders.clouds
  may      destroys-data prints-environment publishes sends
  > copy copyto sync move moveto bisync check copyurl rcat
  > cat ls lsl lsd lsf lsjson size about md5sum sha1sum tree version listremotes
  > delete deletefile purge rmdir rmdirs cleanup
  > config
  > link mount serve rcd
  > *

s3cmd s4cmd mc s5cmd azcopy
  options  -r,--recursive -f,--force -c,--config=read --acl-public!publishes --dry-run -n -P!publishes --exclude=text
           --include=text --access_key=text --secret_key=text --region=text --delete-removed --host=text
           --skip-existing --storage-class=text
  run      senders.buckets
  may      destroys-data sends

skopeo crane regctl oras
  options  --src-creds=text --dest-creds=text --creds=text --authfile=read -a,--all -f,--format=text --src-tls-verify=text?
           --dest-tls-verify=text? --policy=read -q,--quiet --insecure-policy --platform=text --insecure --src=text
           --dest=text -t,--tag=text -p,--password=text -u,--username=text --scoped
  may      destroys-infrastructure publishes sends
  > copy cp sync push append mutate image blob artifact attach
    run      senders.images
  > delete rm
    traits   destroys-infrastructure
  > inspect list-tags ls catalog manifest config digest validate pull export repo tag login logout version discover
    traits   read-only

transfer.sh filebin plik onionshare dropbox gdrive skicka onedrive mega-put
  options  --code=text -p=text --pass=text -o=write --text=text --relay=text -0 --verify --expire-time=text -n=text
           --code-length=text
  run      senders.hands_over
  may      publishes sends

gist gist-paste hastebin paste-rs
  options  -p,--private -d=text -f=text -t=text -a=text -b=url -i=read -u=text -c -o --login -l
  operands read*
  traits   publishes^-l,--login sends^-l,--login
"""
