"""Infrastructure as code, clouds, and what keeps secrets."""

TABLE = r"""
terraform tofu
  options  -chdir=enter -help -version -var=text -var-file=read -target=text -replace=text -state=edit -out=write
           -lock=text? -input=text? -parallelism=text -auto-approve -refresh=text? -destroy -no-color
           -compact-warnings -json -backend-config=text -plugin-dir=read -state-out=write
  single
  > destroy
    traits   destroys-infrastructure
  > apply
    run      infra.applies
  > state
    >> rm
      traits   destroys-infrastructure
    >> push
      operands read
      traits   destroys-infrastructure
    >> pull list show
      traits   read-only
  > workspace
    >> delete
      traits   destroys-infrastructure
    >> list show
      traits   read-only
  > fmt
    options  -recursive -check -diff -write=text
    operands edit*
  > validate show providers version graph
    traits   read-only
  > output
    options  -json -raw
    traits   read-only

pulumi
  options  -C,--cwd=enter -s,--stack=text
  > destroy
    options  -y,--yes -s,--stack=text --preview-only
    traits   destroys-infrastructure
  > preview logs whoami
    traits   read-only
  > stack
    >> rm
      traits   destroys-infrastructure
    >> ls output
      traits   read-only
  > state
    >> delete
      traits   destroys-infrastructure

cdk
  options  -a,--app=shell -c=text
  > destroy
    traits   destroys-infrastructure
  > deploy
    traits   publishes
  > diff ls
    traits   read-only

aws
  options  --profile=text --region=text --output=text --query=text --endpoint-url=url --no-cli-pager --debug
  > *
    run      infra.by_verb
  > s3
    >> rm
      options  --recursive --exclude=text --include=text --dryrun --quiet
      run      infra.removes
    >> rb
      options  --force
      traits   destroys-infrastructure
    >> cp mv sync
      options  --recursive --exclude=text --include=text --acl=text --dryrun --sse=text? --quiet --content-type=text
               --cache-control=text
      run      infra.bucket
    >> ls
      traits   read-only
  > configure
    >> export-credentials get
      traits   prints-environment
  > secretsmanager
    >> *
      run      infra.by_verb
    >> get-secret-value
      options  --secret-id=text
      traits   prints-environment
  > ecr
    >> *
      run      infra.by_verb
    >> get-login-password
      traits   prints-environment

gcloud
  options  --project=text --region=text --zone=text --format=text --account=text -q,--quiet
  run      infra.by_verb

gsutil
  options  -m -q
  > rm
    options  -r -f -a
    traits   destroys-data
  > rb
    traits   destroys-infrastructure
  > cp
    options  -r,--recursive -n
    run      infra.bucket
  > rsync
    options  -r,--recursive -d -n
    run      infra.bucket
  > mv
    run      infra.bucket
  > ls cat
    traits   read-only

vercel
  options  --prod -y,--yes -t,--token=text --cwd=enter
  run      infra.vercel

vault
  > read
    traits   prints-environment
  > kv
    >> get
      traits   prints-environment
    >> delete destroy
      traits   destroys-data
  > delete
    traits   destroys-data
  > status
    traits   read-only

gpg
  options  -d,--decrypt -e,--encrypt -o,--output=write -r,--recipient=text -s,--sign --verify
           --export-secret-keys!prints-environment --export --import -a,--armor -u=text --homedir=text
           --keyserver=host --recv-keys --passphrase=text --batch --delete-secret-keys!destroys-data
  operands guess*

security
  > find-generic-password find-internet-password
    options  -w!prints-environment -g!prints-environment -s=text -a=text
  > dump-keychain
    traits   prints-environment
  > delete-keychain
    traits   destroys-data
"""
