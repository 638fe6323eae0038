"""Command lines of code forges: gh (cli.github.com/manual) and glab. What others will see publishes."""

TABLE = r"""
gh
  options  -R,--repo=text -v,--version -h,--help -q,--jq=text --json=text -t,--template=text -w,--web -L,--limit=text
           -s,--state=text -l,--label=text -a,--assignee=text --title=text -b,--body=text -F,--body-file=read
           -r,--reviewer=text -m,--milestone=text -p,--project=text
  > pr
    >> create new
      options  -T,--template=text -t,--title=text -B,--base=text -H,--head=text -d,--draft -f,--fill --fill-first
               --recover=text --dry-run!read-only -b,--body=text -F,--body-file=read -a,--assignee=text -l,--label=text
               -m,--milestone=text -p,--project=text -r,--reviewer=text -R,--repo=text -w,--web -e,--editor
               --no-maintainer-edit --fill-verbose
      traits   publishes
    >> merge
      options  -R,--repo=text --admin!skips-checks --auto -b,--body=text -F,--body-file=read -d,--delete-branch
               -m,--merge -r,--rebase -s,--squash -t,--subject=text --match-head-commit=text -A,--author-email=text
               --disable-auto
      traits   publishes
    >> close comment edit ready reopen review lock unlock update-branch
      traits   publishes
    >> checkout co
      options  -b=text -R,--repo=text --detach -f,--force --recurse-submodules
      operands text
    >> list ls view diff status
      traits   read-only
    >> checks
      options  --watch -i,--interval=text --required --fail-fast
      traits   read-only
  > issue
    >> create new close comment edit reopen transfer pin unpin lock unlock develop
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> list ls view status
      traits   read-only
  > repo
    >> create
      options  --public --private --internal -d,--description=text --source=read -r,--remote=text --push -c,--clone
               --gitignore=text --license=text
      traits   publishes
    >> delete
      options  --yes --confirm
      traits   destroys-data publishes
    >> archive unarchive edit rename fork sync
      options  --visibility=text --accept-visibility-change-consequences --default-branch=text -d=text --add-topic=text
               --clone --source=text --force!force --branch=text
      traits   publishes
    >> deploy-key autolink
      >>> list view
        traits   read-only
      >>> add
        options  -w,--allow-write -t=text
        operands read
        traits   publishes privileged
      >>> delete create
        traits   publishes
    >> set-default license gitignore
    >> clone
      options  -u,--upstream-remote-name=text
      run      forges.clone
    >> list ls view
      traits   read-only
  > release
    >> create
      options  -n,--notes=text -F,--notes-file=read -d,--draft --target=text --generate-notes --prerelease --latest
      operands text read*
      traits   publishes sends
    >> upload
      options  -R,--repo=text --clobber
      operands text read*
      traits   publishes sends
    >> edit
      traits   publishes
    >> delete delete-asset
      traits   publishes destroys-data
    >> download
      options  -R,--repo=text -p,--pattern=text -D,--dir=fills -O,--output=write -A=text --skip-existing --clobber
      fetches
    >> list view
      traits   read-only
  > gist
    >> create
      options  -d,--desc=text -f,--filename=text -p,--public -w
      operands read*
      traits   publishes sends
    >> edit
      options  -a,--add=read -f=text -d=text -r=text
      operands text read*
      traits   publishes sends
    >> delete
      traits   publishes destroys-data
    >> clone
      operands text write
    >> list
      traits   read-only
    >> view
      traits   read-only
      fetches
  > auth
    >> token
      options  -h=text -u=text
      traits   prints-environment
    >> status
      options  -t,--show-token!prints-environment -h=text
    >> login logout refresh setup-git switch
      options  -h=text -s=text -p=text --with-token -w
  > secret
    >> set
      options  -b,--body=text -e,--env=text -o,--org=text -f,--env-file=read
      traits   publishes sends
    >> delete
      traits   publishes destroys-data
    >> list
      traits   read-only
  > variable
    >> set delete
      traits   publishes
    >> list get
      traits   read-only
  > workflow
    >> run
      options  -r,--ref=text -f,--raw-field=text -F,--field=text
      traits   publishes
    >> enable disable
      traits   publishes
    >> list view
      traits   read-only
  > run
    >> cancel rerun
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> download
      options  -R,--repo=text -D,--dir=fills -n=text -p=text
      fetches
    >> list view watch
      traits   read-only
  > api
    options  -X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate
             -q,--jq=text -t,--template=text -i,--include --cache=text -p,--preview=text --hostname=host --silent
             --slurp --verbose
    fetches
    run      forges.api
  > ruleset rs
    traits   read-only
    >> list ls view check
      options  -p,--parents -o,--org=text --default
    >> delete remove edit
      traits   destroys-infrastructure
  > search status version help completion org
    operands text*
    traits   read-only
  > browse attestation preview
    options  -n,--no-browser -c=text -b=text
  > alias
    >> set
      options  -s,--shell --clobber
      operands text text
      run      forges.alias
    >> list delete import
  > config
    >> get list
      traits   read-only
    >> set clear-cache
  > extension ext extensions
    >> install
      options  --pin=text --force
      operands package
      traits   foreign-package
    >> upgrade remove create exec
      operands text*
    >> list search browse
      traits   read-only
  > gpg-key
    >> add
      operands read
      traits   publishes privileged
    >> delete
      traits   publishes
    >> list
      traits   read-only
  > label
    >> create delete edit clone
      traits   publishes
    >> list
      traits   read-only
  > project
    >> list view item-list field-list
      traits   read-only
    >> delete item-delete field-delete
      traits   publishes destroys-data
    >> create edit copy close link unlink item-add item-edit item-create item-archive field-create mark-template
      traits   publishes
  > cache
    >> list
      traits   read-only
    >> delete
      traits   publishes
  > ssh-key
    >> add
      options  -t=text --type=text
      operands read
      traits   publishes privileged
    >> delete
      traits   publishes
    >> list
      traits   read-only
  > codespace cs
    options  -c,--codespace=text
    >> delete
      options  --all -f,--force
      traits   destroys-data
    >> ssh
      options  -c,--codespace=text --profile=text --server-port=text
      operands remote-text*
      stop
      run      containers.text_inside
    >> cp
      options  -c,--codespace=text -r,--recursive -e
      operands text*
    >> ports code create edit rebuild stop jupyter
    >> list view logs
      traits   read-only
  > copilot
    traits   starts-agent
  > agent-task
    traits   starts-agent publishes

glab
  options  -R,--repo=text -q,--jq=text --json=text -t,--template=text -w,--web -L,--limit=text -s,--state=text
           -l,--label=text -a,--assignee=text --title=text -b,--body=text -F,--body-file=read -r,--reviewer=text
           -m,--message=text -p,--project=text -g,--group=text -d,--description=text -y,--yes
  > mr
    >> create merge close note approve update reopen rebase revoke subscribe todo for unapprove
      options  --title=text --fill --target-branch=text --source-branch=text --draft --squash
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> checkout
      operands text
    >> list view diff issues approvers
      traits   read-only
  > issue incident
    >> create close note update reopen subscribe
      options  --title=text
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> list view board
      traits   read-only
  > release
    >> create upload
      options  -n,--name=text -N,--notes=text -F,--notes-file=read --ref=text --assets-links=text
      operands text read*
      traits   publishes sends
    >> delete
      traits   publishes destroys-data
    >> download
      options  -n,--asset-name=text -D,--dir=fills -R,--repo=text
      fetches
    >> list view
      traits   read-only
  > repo
    >> create fork transfer mirror
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> clone
      run      forges.clone
    >> view list search contributors archive
      traits   read-only
  > ci pipeline
    >> run retry trigger
      traits   publishes
    >> delete cancel
      traits   publishes
    >> view list status trace get lint artifact
      traits   read-only
  > snippet
    >> create
      options  --title=text -t=text -f=text -v=text -d=text -p
      operands read*
      traits   publishes sends
    >> list view
  > api
    options  -X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate
    fetches
    run      forges.api
  > variable
    >> set delete update
      traits   publishes
    >> list get export
      traits   prints-environment
  > auth
    >> status
      options  -t,--show-token!prints-environment
    >> login logout
  > ssh-key deploy-key
    >> add
      options  -t,--title=text -e=text
      operands read
      traits   publishes privileged
    >> delete
      traits   publishes
    >> list get
      traits   read-only
  > token
    >> create rotate
      traits   prints-environment
    >> revoke
      traits   publishes
    >> list
      traits   read-only
  > config alias label schedule cluster completion check-update user version

tea berg
  options  -r,--repo=text -l=text -o=text -m,--message=text -F,--file=read -R=text -s=text -b=text -h=text
  > issues issue pulls pull pr pull-request releases release repos repo labels milestones comment times logins login \
      notifications whoami open clone branches actions webhooks admin
    run      forges.by_verb
  > api
    options  -X,--method=text -f,--raw-field=text -F,--field=text --input=read
    run      forges.api
  > browse compare ci-status version
    traits   read-only
  > push sync
    traits   publishes
  > delete
    traits   publishes destroys-data
  > create fork gist
    traits   publishes

jira acli linear
  options  -p=text -t=text -s=text -b=text -a=text -l=text -P=text --plain
  run      forges.by_verb
  may      publishes
"""
