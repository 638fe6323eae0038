"""Package managers of JavaScript: npm, pnpm, yarn, bun, and what runs packages (docs.npmjs.com, cli)."""

TABLE = r"""
npm
  options  -C,--prefix=enter -w,--workspace=text --loglevel=text -s,--silent --registry=url!foreign-package
           -g,--global -D,--save-dev,--dev -E,--save-exact -O,--save-optional -P,--save-prod -S,--save -f,--force
           --legacy-peer-deps --omit=text --include=text --no-audit --no-fund --ignore-scripts --save-peer
           --frozen-lockfile --filter=text -r,--recursive --cache=text
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
    options  -f,--force
    operands package*
    traits   publishes destroys-data
  > deprecate
    operands package text
    traits   publishes
  > dist-tag
    run      packages.tags
  > owner access
    traits   publishes
  > token
    traits   prints-environment
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
  > create
    operands package text*
    traits   foreign-package
    stop
  > init node
    stop
  > pack
    options  --pack-destination=write --dry-run!read-only
  > config set
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
  options  -C,--dir=enter --filter=text -F=text -r,--recursive -w,--workspace-root
  > *
    options  -w,--workspace=text --if-present -s,--silent
    stop

yarn
  like     npm
  options  --cwd=enter -s,--silent
  > *
    options  -w,--workspace=text --if-present -s,--silent
    stop

bun
  like     npm
  options  --cwd=enter --bun
  > *
    operands run text*
    stop
  > run
    operands run text*
    stop
  > pm
    traits   read-only

npx bunx pnpx
  options  -y,--yes -p,--package=package -c,--call=shell -w=text --no --no-install -q,--quiet
           --registry=url!foreign-package
  stop
  run      packages.fetched
"""
