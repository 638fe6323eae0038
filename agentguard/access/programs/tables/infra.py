"""Infrastructure as code: terraform(1), pulumi, cdk, ansible and kin."""

TABLE = r"""
terraform tofu terragrunt
  options  -chdir=enter -help -version -var=text -var-file=read -target=text -replace=text -state=edit -out=write
           -lock=text? -input=text? -parallelism=text -auto-approve -refresh=text? -destroy -no-color
           -compact-warnings -json -backend-config=text -plugin-dir=read -state-out=write --terragrunt-config=read
           --terragrunt-working-dir=enter --working-dir=enter
  single
  > destroy
    traits   destroys-infrastructure
  > apply apply-all
    run      infra.applies
  > run-all run
    run      infra.applies
    >> destroy
      traits   destroys-infrastructure
    >> apply
      run      infra.applies
    >> plan validate output show
      traits   read-only
      run      walk.standard
    >> *
      run      infra.applies
  > state
    >> rm
      options  -dry-run!read-only
      traits   destroys-infrastructure
    >> mv replace-provider
      options  -dry-run!read-only
      traits   destroys-infrastructure
    >> push
      operands read
      traits   destroys-infrastructure
    >> pull
      traits   prints-environment
    >> list show
      traits   read-only
  > taint
    traits   destroys-infrastructure
  > force-unlock
    options  -force
    traits   destroys-infrastructure
  > workspace
    >> delete
      options  -force
      traits   destroys-infrastructure
    >> list show
      traits   read-only
  > init
    options  -from-module=url!foreign-package -upgrade -reconfigure -migrate-state -plugin-dir=read -get=text?
  > import untaint get refresh login logout test
  > fmt hclfmt
    options  -recursive -check -diff -write=text
    operands edit*
  > plan
    options  -out=write
  > show
    options  -json
    traits   read-only
    run      infra.shows
  > console
    traits   read-only
    run      infra.console
  > validate providers version graph metadata
    traits   read-only
  > output
    options  -json!prints-environment -raw
    traits   read-only
    run      infra.tells
    may      prints-environment

pulumi
  options  -C,--cwd=enter -s,--stack=text -y,--yes -f,--skip-preview --non-interactive --config-file=read -m=text
           -c,--config=text --target=text
  > destroy
    options  --preview-only!read-only
    traits   destroys-infrastructure
  > up update refresh watch
    run      infra.ups
  > preview pre logs whoami about version
    traits   read-only
  > config
    options  --show-secrets!prints-environment --secret --plaintext
    >> get
      traits   prints-environment
    >> set rm
  > stack
    options  --show-secrets!prints-environment
    >> rm
      traits   destroys-infrastructure
    >> ls output history
      traits   read-only
    >> export
      options  --file=write
  > state
    >> delete
      traits   destroys-infrastructure
  > cancel
    traits   controls-service
  > new login logout import install

cdk cdktf
  options  -a,--app=shell -c=text --profile=text -o,--output=write --require-approval=text -f,--force --all
  > destroy
    traits   destroys-infrastructure
  > deploy watch
    traits   publishes
  > diff ls list synth synthesize doctor metadata context
    traits   read-only
  > init bootstrap import

ansible-playbook
  options  -i,--inventory=text -e,--extra-vars=text -t,--tags=text -l,--limit=text -u,--user=text -f=text -b,--become
           -K -k -C,--check -D,--diff --syntax-check!read-only --list-tasks!read-only --list-hosts!read-only
           --skip-tags=text --private-key=read
           --vault-password-file=read --vault-id=text --start-at-task=text -M=read --become-user=text
  operands run*
  run      infra.plays
  may      destroys-infrastructure publishes

ansible-vault
  options  --vault-password-file=read --vault-id=text --output=write --ask-vault-pass
  > view decrypt
    operands read*
    traits   prints-environment
  > encrypt rekey
    operands edit*
  > edit create
    operands edit*
  > encrypt_string

ansible-galaxy
  options  -r=read -p=write -f,--force -s,--server=url!foreign-package
  > collection role
    >> install
      options  -r=read -p=write -f,--force
      operands spec*
    >> list info search verify
      traits   read-only
    >> publish
      operands read
      traits   publishes sends
    >> delete remove
      traits   publishes
    >> init build
  > install
    operands spec*

ansible-pull
  options  -U,--url=url -C,--checkout=text -i=text -d,--directory=write -e=text --check!read-only -o
  traits   runs-fetched-code
  operands text*

ansible-inventory
  options  -i,--inventory=read --list --graph --host=text --export --output=write -y --vars --playbook-dir=text
           --vault-password-file=text -l=text
  traits   read-only

ansible-lint ansible-doc ansible-config
  operands look*
  traits   read-only

packer
  options  -var=text -var-file=read -only=text -force -on-error=text
  single
  > console
    operands read*
    run      consoles.functions
  > build
    operands read
  > validate inspect version
    operands read
    traits   read-only
  > fmt
    operands edit*
  > init plugins
    operands read

knife chef
  options  -c=read -y,--yes -z -E=text
  run      infra.by_verb
  may      destroys-infrastructure

puppet
  > apply
    options  --noop!read-only -e=text --modulepath=read
    operands run*
  > agent
    options  -t,--test --noop!read-only --enable --disable
  > parser facts describe lookup help
    traits   read-only
  > module
    >> install
      operands package
    >> uninstall
      operands package
      traits   removes-package
    >> list search
      traits   read-only
  > resource
    traits   privileged
"""
