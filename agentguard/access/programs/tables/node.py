"""Package managers of JavaScript: npm, pnpm, yarn, bun, and what runs packages (docs.npmjs.com, cli)."""

TABLE = r"""
npm
  options  -C,--prefix=enter -w,--workspace=text --loglevel=text -s,--silent --registry=url!foreign-package
           -g,--global -D,--save-dev,--dev -E,--save-exact -O,--save-optional -P,--save-prod -S,--save -f,--force
           --legacy-peer-deps --omit=text --include=text --no-audit --no-fund --ignore-scripts --save-peer
           --frozen-lockfile --filter=text -r,--recursive --cache=text --workspaces -ws
  run      scripts.package
  > install i add in
    operands spec*
  > uninstall un remove rm r
    options  -g,--global -y,--yes -D,--save-dev -r,--requirement=read
    operands package*
    traits   removes-package
  > update up upgrade
    operands package*
  > publish
    options  --tag=text --access=text --otp=text --registry=url --dry-run!read-only -r,--recursive --filter=text
    run      packages.publishes
  > unpublish
    options  -f,--force --dry-run!read-only
    operands package*
    traits   publishes destroys-data
  > deprecate
    operands package text
    traits   publishes
  > dist-tag tag
    traits   publishes
    >> ls list
      traits   read-only
  > owner access team org hook
    traits   publishes
    >> ls list ls-packages
      traits   read-only
  > token
    >> create list ls
      traits   prints-environment
    >> revoke delete
      traits   publishes
  > profile
    >> get
      traits   read-only
    >> set enable-2fa disable-2fa
      traits   publishes
  > login logout adduser add-user
  > run run-script test t start stop restart workspace workspaces build dev lint
    options  -w,--workspace=text --if-present -s,--silent
    stop
  > exec x
    options  -c,--call=shell -p,--package=package -y,--yes -w=text
    stop
    run      packages.fetched
  > dlx
    options  -p,--package=package -c=shell -q
    stop
    run      packages.fetched
  > create init innit
    options  -y,--yes --scope=text -w=text --template=text
    stop
    run      packages.starters
  > node rebuild dedupe audit fund shrinkwrap ci clean-install install-test it cit link ln approve-builds
    options  --fix --force --json --omit=text --audit-level=text -w=text
  > pack
    options  --pack-destination=write --dry-run!read-only -w=text
    operands text*
  > version
    options  --no-git-tag-version --preid=text -m=text
    operands text
  > set-script
    operands text*
    run      consoles.scripts
  > pkg
    >> get
      traits   read-only
    >> set
      operands text*
      run      consoles.scripts
    >> delete fix
  > cache
    >> clean verify ls
  > config set c
    options  --location=text -H,--home --global
    run      packages.settings
  > ls list outdated view info show why search explain root bin prefix whoami ping doctor fund help docs get
    traits   read-only
  > global
    >> add
      operands spec*
    >> remove
      options  -g,--global -y,--yes -D,--save-dev -r,--requirement=read
      operands package*
      traits   removes-package

pnpm
  like     npm
  options  -C,--dir=enter --filter=text -F=text -r,--recursive -w,--workspace-root -c,--shell-mode
  > exec
    options  -c,--shell-mode -r,--recursive
    stop
    run      packages.environment
  > dlx
    options  -c,--shell-mode -p,--package=package -s,--silent
    stop
    run      packages.fetched
  > node
    stop
  > store
    >> prune path status add
  > env setup fetch import deploy patch patch-commit self-update licenses outdated approve-builds
  > *
    options  -w,--workspace=text --if-present -s,--silent
    stop

yarn
  like     npm
  options  --cwd=enter -s,--silent
  > exec
    options  -c,--shell-mode -r,--recursive
    stop
    run      packages.environment
  > run
    options  -T,--top-level -B,--binaries-only --inspect=text? --inspect-brk=text? -s,--silent --require=run
    stop
  > node
    stop
  > npm
    >> publish
      options  --tag=text --access=text --otp=text --dry-run!read-only --tolerate-republish
      traits   publishes
    >> login logout whoami info audit
    >> tag
      run      packages.tags
  > dlx
    options  -p,--package=package -q,--quiet
    stop
    run      packages.fetched
  > plugin
    >> import
      operands spec
    >> list runtime remove
  > workspaces
    >> foreach
      options  -A,--all -p,--parallel -t --from=text --include=text -W -R -j=text -v -i
      operands text*
      stop
      run      packages.each
    >> list focus run info
  > upgrade-interactive up dedupe explain constraints import autoclean check licenses patch patch-commit
  > *
    options  -w,--workspace=text --if-present -s,--silent
    stop

bun
  like     npm
  options  --cwd=enter --bun -e,--eval=code -p,--print=code --env-file=text -r,--preload=run
  run      scripts.package
  > *
    stop
  > run
    stop
  > pm
    >> ls bin hash cache pack trust untrusted
  > build
    options  --outfile=write --outdir=write --target=text --minify --compile --sourcemap=text --external=text
    operands read*
  > test
    options  --timeout=text --coverage -t=text --watch --bail=text?
    operands text*
  > exec
    stop
    run      packages.environment
  > x
    options  --bun -p,--package=package
    stop
    run      packages.fetched
  > upgrade link unlink patch

npx bunx pnpx
  options  -y,--yes -p,--package=package -c,--call=shell -w=text --no --no-install -q,--quiet
           --registry=url!foreign-package --node-options=text
  stop
  run      packages.fetched
"""
