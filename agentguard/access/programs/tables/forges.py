"""Command lines of code forges: gh (cli.github.com/manual) and glab. What others will see publishes."""

TABLE = r"""
gh
  options  -R,--repo=text -v,--version -h,--help -q,--jq=text --json=text -t,--template=text -w,--web -L,--limit=text
           -s,--state=text -l,--label=text -a,--assignee=text --title=text -b,--body=text -F,--body-file=read
           -r,--reviewer=text -m,--milestone=text -p,--project=text
  > pr
    >> create new
      options  -T,--template=text -t,--title=text -B,--base=text -H,--head=text -d,--draft -f,--fill --fill-first
               --recover=text
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
    >> archive edit rename fork sync deploy-key autolink
      traits   publishes
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
      options  -R,--repo=text -p,--pattern=text -D,--dir=write -O,--output=write -A=text --skip-existing --clobber
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
    >> login
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
      options  -R,--repo=text -D,--dir=write -n=text -p=text
      fetches
    >> list view watch
      traits   read-only
  > api
    options  -X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate
             -q,--jq=text -t,--template=text -i,--include --cache=text -p,--preview=text --hostname=host --silent
             --slurp --verbose
    fetches
    run      forges.api
  > search status ruleset version help
    traits   read-only
  > extension
    >> install
      operands package
      traits   foreign-package
    >> list
      traits   read-only
  > label
    >> create delete edit clone
      traits   publishes
    >> list
      traits   read-only
  > project
    traits   publishes
    >> list view item-list field-list
      traits   read-only
  > cache
    >> list
      traits   read-only
    >> delete
      traits   publishes
  > ssh-key
    >> add
      operands read
      traits   publishes
    >> delete
      traits   publishes
    >> list
      traits   read-only
  > codespace
    >> delete
      traits   destroys-data
    >> list
      traits   read-only
  > copilot
    traits   starts-agent
  > agent-task
    traits   starts-agent publishes

glab
  options  -R,--repo=text -q,--jq=text --json=text -t,--template=text -w,--web -L,--limit=text -s,--state=text
           -l,--label=text -a,--assignee=text --title=text -b,--body=text -F,--body-file=read -r,--reviewer=text
           -m,--milestone=text -p,--project=text
  > mr
    >> create merge close note approve update
      traits   publishes
    >> list view diff
      traits   read-only
  > issue
    >> create close note update
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> list view
      traits   read-only
  > release
    >> create upload delete
      traits   publishes
    >> list view
      traits   read-only
  > repo
    >> create
      traits   publishes
    >> delete
      traits   publishes destroys-data
    >> view
      traits   read-only
  > ci
    >> run retry
      traits   publishes
    >> view list status trace
      traits   read-only
  > api
    options  -X,--method=text -f,--raw-field=text -F,--field=text -H,--header=text --input=read --paginate
    fetches
    run      forges.api
  > variable
    >> set delete
      traits   publishes
    >> list
      traits   prints-environment
"""
