"""Programs that hand secrets or settings to a command as its variables, and can print them. Their own manuals.

What they load for the command is not shown by that; what lists or prints it has the trait `prints-environment`.
"""

TABLE = r"""
op
  options  --account=text --cache --config=text --encoding=text --format=text --iso-timestamps --no-color
           --session=text --debug
  > run
    options  --env-file=text --environment=text --no-masking!prints-environment
    operands command
    stop
  > read
    options  -o,--out-file=write -n,--no-newline -f,--force --file-mode=text
    traits   prints-environment
  > inject
    options  -i,--in-file=read -o,--out-file=write -f,--force --file-mode=text
    traits   prints-environment
  > item
    >> get
      options  --fields=text --reveal --otp --share-link --vault=text --include-archive
      traits   prints-environment
    >> list
      traits   read-only
    >> delete
      traits   destroys-data
    >> create edit share
  > document
    >> get
      options  -o,--out-file=write --vault=text
      traits   prints-environment
    >> list
      traits   read-only
  > plugin
    >> run
      operands command
      stop
    >> list
  > vault user group
    >> list get
      traits   read-only
    >> delete
      traits   destroys-data
  > whoami account
    traits   read-only
  > signin signout

doppler
  options  -p,--project=text -c,--config=text -t,--token=text --api-host=url --scope=text --json --silent --debug
           --config-dir=text
  > run
    options  --command=shell --fallback=text --mount=write --mount-format=text --mount-template=read
             --preserve-env=text? --name-transformer=text --no-fallback --forward-signals --only-secrets=text
             --restart --watch
    operands command
    stop
  > secrets
    options  --raw --plain --only-names --visibility --no-check-version
    traits   prints-environment^--only-names
    >> set upload
      operands text*
      traits
    >> delete
      traits   destroys-data
    >> download
      options  --format=text --no-file --fallback=text
      operands write
    >> get substitute
  > setup login logout me configure projects environments configs activity

aws-vault
  > exec
    options  -d,--duration=text -n,--no-session --region=text -t,--mfa-token=text -j,--json!prints-environment
             -s,--server --ecs-server --lazy --stdout --prompt=text
    operands text command
    stop
  > export
    traits   prints-environment
  > list login rotate
  > remove clear
    traits   destroys-data
  > add

saml2aws aws-okta
  > exec
    options  --exec-profile=text -a,--idp-account=text --profile=text -d,--debug
    run      runners.profile
  > script env
    traits   prints-environment
  > login configure list-roles

infisical
  options  --domain=url --log-level=text --silent
  > run
    options  -e,--env=text --path=text --token=text --projectId=text --project-config-dir=text -c,--command=shell
             --tags=text --expand --include-imports --recursive --watch --secret-overriding
    operands command
    stop
  > secrets export
    options  -e,--env=text --path=text -f,--format=text --token=text --projectId=text --plain -o,--output-file=write
    traits   prints-environment
    >> set
      operands text*
      traits
    >> delete
      traits   destroys-data
    >> get folders
  > login logout init scan user vault reset

chamber
  options  -b,--backend=text -r,--retries=text --backend-s3-bucket=text --kms-key-alias=text -v
  > exec
    options  --pristine --strict --strict-value=text
    run      carriers.behind
  > export env read
    options  -f,--format=text -o,--output-file=write -q,--quiet -v,--version=text
    traits   prints-environment
  > list list-services history find
    traits   read-only
  > delete
    traits   destroys-data
  > write import

envchain
  options  -s,--set -n,--noecho -p,--require-passphrase -P --list -v,--show-value!prints-environment --unset
  operands text command
  stop

dotenv
  options  -e=text -f,--file=text -c=text? -v=variable -p=text -o,--override --debug -q,--quote=text
           --expand --no-expand
  run      runners.dotenv
  may      prints-environment

dotenvx
  options  -e,--env=variable -f,--env-file=text -fk,--env-keys-file=text -fv,--env-vault-file=text -q -d -o,--overload
           --convention=text --strict --ignore=text
  > run
    options  -f,--env-file=text
    operands command
    stop
  > get decrypt keypair
    options  --all --format=text
    traits   prints-environment
  > set encrypt ls ext

direnv
  > init hook export
    output   nothing
  > exec
    operands text command
    stop
  > allow permit grant deny revoke reload status edit prune version

sops
  options  -d,--decrypt!prints-environment -e,--encrypt -r,--rotate -i,--in-place --extract=text --output=write
           --input-type=text --output-type=text --config=read --age=text --pgp=text --kms=text --azure-kv=text
           --gcp-kms=text --set=text --ignore-mac --add-age=text --rm-age=text --hc-vault-transit=text
  > exec-env
    options  --user=text --background --pristine --same-process
    operands read shell
  > exec-file
    options  --user=text --background --filename=text --no-fifo --output-type=text --input-type=text
    run      runners.with_file
  > decrypt
    operands read
    traits   prints-environment
  > encrypt edit
    operands edit
  > publish
    traits   publishes
  > *
    operands read*

teller
  options  -c,--config=read
  > run
    options  -r,--reset -s,--shell
    operands command
    stop
  > env sh yaml json export show
    traits   prints-environment
  > scan redact template put copy delete new

summon
  options  -p,--provider=run -f=text -D=text --yaml=text -i,--ignore=text -I -e,--environment=text --up --all-provider-versions
  operands command
  stop

envconsul
  options  -config=read -prefix=text -secret=text -once -pristine -upcase -sanitize -vault-addr=url -consul-addr=text
           -exec=shell -log-level=text
  operands command
  stop
  single

berglas secrethub
  > exec run
    options  --env-file=text --no-masking!prints-environment
    operands command
    stop
  > access read inspect
    traits   prints-environment
  > list ls
    traits   read-only
  > delete rm
    traits   destroys-data
  > create write update

pass gopass
  > show cp copy generate otp git
    options  -c,--clip -q,--qrcode
    traits   prints-environment
  > ls list find search
    traits   read-only
  > rm remove delete
    options  -r,--recursive -f,--force
    traits   destroys-data
  > insert edit init mv
  > *
    traits   prints-environment

bw lpass keepassxc-cli
  > get show export clip list
    traits   prints-environment
  > unlock login lock logout sync status
  > delete rm
    traits   destroys-data

kwallet-query
  options  -r,--read-password=text!prints-environment -w,--write-password=text -l,--list-entries -f,--folder=text -v

with-env
  operands text command
  stop

varlock
  > run
    operands command
    stop
  > load printenv
    traits   prints-environment

keychain
  options  --eval -q,--quiet --agents=text --timeout=text --inherit=text
  output   nothing

railway
  > run
    options  -s,--service=text -e,--environment=text -p,--project=text
    operands command
    stop
  > ssh shell
    options  -s,--service=text -e,--environment=text -p,--project=text
    stop
    run      containers.words_inside
  > variables
    options  -s,--service=text -e,--environment=text --set=text -k,--kv --json
    traits   prints-environment^--set
  > up
    traits   publishes
  > down delete
    traits   destroys-infrastructure
  > logs status list whoami open docs link login logout init add domain
  > service volume environment
    >> delete down
      traits   destroys-infrastructure
"""
