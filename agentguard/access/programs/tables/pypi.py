"""Package managers of Python: pip, uv, pipx, poetry, conda, twine."""

TABLE = r"""
uvx
  options  --from=package -w,--with=package -p,--python=text --index=url!foreign-package -q --refresh --isolated
  stop
  run      packages.fetched

pip pip2 pip3
  options  -q,--quiet -v,--verbose --python=text --isolated
  > install
    options  -r,--requirement=lists -c,--constraint=lists -e,--editable=spec -U,--upgrade -t,--target=write
             -i,--index-url=url!foreign-package --extra-index-url=url!foreign-package
             -f,--find-links=spec!foreign-package --prefix=write --root=write --user --no-deps --pre --no-cache-dir
             --force-reinstall --break-system-packages -q,--quiet -v --no-index --src=write --trusted-host=text
             --no-build-isolation --proxy=url --cert=read --timeout=text --retries=text --python-version=text
             --platform=text --group=text --all-extras --system -p,--python=text --upgrade-strategy=text
             --cache-dir=text --progress-bar=text --report=write
    operands spec*
  > uninstall
    options  -y,--yes -r,--requirement=lists --break-system-packages
    operands package*
    traits   removes-package
  > download
    options  -d,--dest=write -r,--requirement=lists -i,--index-url=url!foreign-package
    operands spec*
  > wheel
    options  -w,--wheel-dir=write -r,--requirement=lists -e=spec
    operands spec*
  > list show freeze check search index help debug tree inspect
    traits   read-only
  > config
    options  --global --user --site
    run      packages.settings
  > cache
    >> purge remove dir info list
  > hash sync
    operands read*
  > compile
    options  -o,--output-file=write
    operands read*

pip-compile
  options  -o,--output-file=write
  operands read*

pip-sync
  operands read*

uv
  options  --directory=enter --project=text -q,--quiet -v -n,--no-cache --offline --no-progress --color=text
  > pip
    like     pip
  > tool
    >> run
      options  --from=package -w,--with=package -p,--python=text --index=url!foreign-package
      stop
      run      packages.fetched
    >> install
      options  -p,--python=text -e=spec --with=package --force -U --index-url=url!foreign-package
      operands spec
    >> uninstall
      operands package*
      traits   removes-package
    >> upgrade
      operands package*
    >> list dir
      traits   read-only
  > run
    options  --with=package --with-requirements=read -p,--python=text --extra=text --group=text -m,--module=text
             --env-file=text --isolated --no-sync --frozen --all-extras --package=text --no-project --active --locked
             --no-dev --dev -s --script --only-group=text --index=url!foreign-package
    stop
    run      packages.environment
  > add
    options  --dev --group=text --optional=text -r,--requirements=lists --extra=text --script=edit
             --index=url!foreign-package
    operands spec*
  > remove
    options  -g,--global -y,--yes -D,--save-dev -r,--requirement=lists
    operands package*
    traits   removes-package
  > sync
    options  --extra=text --group=text -p=text --all-extras --frozen --locked
  > build
    options  -o,--out-dir=write
  > publish
    options  --token=text --publish-url=url --index=text -u=text -p=text --dry-run!read-only
    operands read*
    traits   publishes sends
  > venv
    options  -p,--python=text --seed --clear
    operands write
  > python
    >> install uninstall upgrade pin
    >> list find dir
      traits   read-only
  > lock version self cache format
    options  -U,--upgrade --check --bump=text --dry-run!read-only
  > init
    operands write
  > tree help
    traits   read-only
  > export
    options  -o,--output-file=write --format=text

pipx
  > run
    options  --spec=package --python=text --index-url=url!foreign-package --pip-args=text --no-cache
    stop
    run      packages.fetched
  > install
    options  --python=text -f --index-url=url!foreign-package -e --pip-args=text
    operands spec*
  > inject
    operands text package*
  > uninstall
    operands package*
    traits   removes-package
  > uninstall-all
    traits   removes-package
  > upgrade
    operands package*
  > list
    traits   read-only

poetry pdm rye
  options  -C,--directory=enter -P,--project=text -q -n,--no-interaction
  may      publishes
  > run
    stop
    run      packages.environment
  > add
    options  -G,--group=text -D,--dev -E,--extras=text --source=text
    operands spec*
  > remove
    options  -G,--group=text -D,--dev
    operands package*
    traits   removes-package
  > install
    options  --with=text --without=text --only=text -E,--extras=text
  > publish
    options  -r,--repository=text -u,--username=text -p,--password=text --build --dry-run!read-only
    run      packages.publishes
  > update
    operands package*
  > show check list search about
    traits   read-only
  > export
    options  -o,--output=write -f=text
  > new
    operands write
  > config
    options  --list --unset --local
    run      packages.settings
  > init lock build version self cache sync shell fix use pin venv
  > env
    >> remove info activate list use
  > source
    >> add
      operands text url
      traits   foreign-package
    >> show remove

hatch flit
  options  -e,--env=text --repository=text -f=read
  > run
    stop
    run      packages.environment
  > publish
    options  -r,--repo=text -u=text -a=text -n -y
    operands read*
    traits   publishes sends
  > build install init new version shell clean dep config test fmt
    options  -t=text -s --symlink
    operands text*
  > env
    >> create remove prune find run list show

pipenv
  > run
    stop
    run      packages.environment
  > install
    options  -r=read -d,--dev
    operands spec*
  > uninstall
    options  -g,--global -y,--yes -D,--save-dev -r,--requirement=lists
    operands package*
    traits   removes-package

twine
  > upload
    options  -r,--repository=text --repository-url=url -u,--username=text -p,--password=text --skip-existing
             --config-file=read -s,--sign
    operands read*
    traits   publishes sends
  > check
    operands read*
    traits   read-only
  > register
    operands read
    traits   publishes

conda mamba micromamba
  options  -n,--name=text
  may      foreign-package
  > install
    options  -n,--name=text -c,--channel=text -y,--yes --file=read -p,--prefix=write
    operands package*
  > create
    options  -n,--name=text -c,--channel=text -y,--yes -f,--file=read -p,--prefix=write
    operands package*
  > remove uninstall
    options  -n,--name=text --all -y,--yes
    operands package*
    traits   removes-package
  > run
    options  -n,--name=text -p=text --no-capture-output --cwd=enter
    stop
    run      packages.environment
  > list info search
    traits   read-only
  > env
    >> create
      options  -n,--name=text -f,--file=read -p,--prefix=write -y
    >> update
      options  -n,--name=text -f,--file=read --prune
    >> remove
      options  -n,--name=text -y
      traits   removes-package
    >> export
      options  -n,--name=text -f,--file=write --from-history --no-builds
    >> list config
      traits   read-only
  > config
    options  --add=text --set=text --show --get=text --append=text --prepend=text --env --file=read
    run      packages.settings
  > activate deactivate init clean update upgrade build develop
  > shell.bash shell.zsh shell.posix shell.fish
    output   nothing

anaconda
  options  -t=text -s=text
  > upload
    options  -u=text -l=text --force --skip-existing
    operands read*
    traits   publishes sends
  > remove
    traits   publishes destroys-data
  > login logout whoami search show download

pixi
  options  --manifest-path=read
  > add install global task update lock clean shell init tree list info
    operands text*
  > remove
    operands package*
    traits   removes-package
  > run
    stop
    run      packages.environment
  > upload
    traits   publishes sends

python-build pyproject-build
  options  -o,--outdir=write -w,--wheel -s,--sdist -n -x -C=text
  operands text
"""
