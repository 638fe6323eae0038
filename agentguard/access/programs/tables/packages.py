"""Package managers of other languages and of systems: cargo, go, gem, brew, apt and their kin."""

TABLE = r"""
ensurepip rustup asdf nvm corepack

cargo
  options  -C=enter -q,--quiet -v,--verbose --color=text --config=text --offline --locked --frozen -Z=text
  > publish
    options  -n,--dry-run!read-only --token=text --registry=text --index=url --allow-dirty!skips-checks --no-verify!skips-checks
             -p,--package=text --manifest-path=read
    run      packages.publishes
  > yank owner
    traits   publishes
  > install
    options  --git=url!foreign-package --path=read --version=text -f,--force --root=write --features=text
             --branch=text --tag=text --rev=text --registry=text --index=url!foreign-package
    operands package*
  > uninstall
    operands package*
    traits   removes-package
  > add
    options  --git=url!foreign-package --path=read -F,--features=text --dev --build --branch=text --rename=text
             -p=text
    operands package*
  > remove
    options  -g,--global -y,--yes -D,--save-dev -r,--requirement=read
    operands package*
    traits   removes-package
  > run
    options  --bin=text -p,--package=text --example=text --features=text -r,--release --manifest-path=read
  > new init vendor
    operands write

rustc
  options  -o=write --out-dir=write -L=text -C=text --edition=text --crate-type=text
  operands read*

go
  options  -C=enter
  > get
    options  -u -t -d -v
    operands package*
  > install
    options  -v -ldflags=text -tags=text
    operands package*
    single
  > run
    options  -race -tags=text -ldflags=text -mod=text -exec=shell
    stop
    single
    run      packages.go_run
  > build
    options  -o=write -ldflags=text -tags=text -toolexec=shell
    single
  > test
    options  -o=write -run=text -exec=shell -toolexec=shell -coverprofile=write -bench=text -count=text -timeout=text
             -tags=text
    single
  > env
    options  -w -u -json
  > list doc version
    traits   read-only

gofmt goimports
  options  -w,--write -l -d -s -r=text
  operands read*
  instead  --write edit*

gem
  > install
    options  -s,--source=url!foreign-package -v=text --user-install -N
    operands spec*
  > uninstall
    operands package*
    traits   removes-package
  > push
    options  --host=url -k=text
    operands read
    traits   publishes sends
  > yank
    operands package
    traits   publishes
  > list
    traits   read-only
  > build
    operands read

bundle bundler
  > exec
    stop
    run      packages.environment
  > add
    operands package*
  > remove
    options  -g,--global -y,--yes -D,--save-dev -r,--requirement=read
    operands package*
    traits   removes-package

mvn mvnw sbt lein
  options  -f,--file=read -D=text -P=text -pl=text -s=read -q
  run      packages.goals

gradle gradlew
  options  -b=read -p,--project-dir=enter -D=text -P=text -x=text -I=run
  run      packages.goals

dotnet
  > nuget
    >> push
      options  -k=text -s=url
      operands read
      traits   publishes sends

mix
  > hex.publish
    traits   publishes
  > ecto.drop ecto.reset
    traits   destroys-data

brew apt apt-get dnf yum apk
  options  -y,--yes,--assume-yes -q,--quiet -t=text -o=text -c=read --no-install-recommends --cask --formula
  > install reinstall add
    operands spec*
  > remove uninstall del erase rm
    options  -f,--force --purge
    operands package*
    traits   removes-package
  > purge autoremove
    operands package*
    traits   removes-package
  > update upgrade download source
    operands package*
  > search list ls show info policy depends outdated deps leaves doctor config --prefix cat home check-update \
      history
    traits   read-only
  > tap
    operands package text
    traits   foreign-package
  > services
    traits   controls-service
  > shellenv
    output   nothing

apt-cache
  traits   read-only

dpkg
  options  -i,--install=spec -r,--remove=package!removes-package -P,--purge=package!removes-package -l,--list -L=text
           -s=text -S=text -x=read --configure=text

fnm pyenv rbenv nodenv zoxide starship opam mise
  > init hook env activate export
    output   nothing
"""
