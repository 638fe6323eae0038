"""Package managers of languages: cargo, go, gem, composer, NuGet, hex, luarocks and kin."""

TABLE = r"""
ensurepip rustup corepack

cargo
  options  -C=enter -q,--quiet -v,--verbose --color=text --config=text --offline --locked --frozen -Z=text
           --manifest-path=read -p,--package=text --target-dir=write -j,--jobs=text --features=text -F=text
           --all-features --workspace --release --target=text --profile=text
  > release
    options  -x,--execute!publishes --no-publish --no-push --no-tag -p,--package=text --manifest-path=read --no-confirm
    operands text*
  > publish
    options  -n,--dry-run!read-only --token=text --registry=text --index=url --allow-dirty --no-verify!skips-checks
    traits   publishes
  > yank owner
    options  --version=text --undo --add=text --remove=text
    traits   publishes
  > login
    run      packages.settings
  > install
    options  --git=url!foreign-package --path=text --version=text -f,--force --root=write --branch=text --tag=text
             --rev=text --registry=text --index=url!foreign-package --example=text --bin=text
    operands package*
  > binstall
    options  --git=url!foreign-package -y,--no-confirm --version=text --force
    operands package*
  > uninstall
    operands package*
    traits   removes-package
  > add
    options  --git=url!foreign-package --path=text --dev --build --branch=text --rename=text --optional
    operands package*
  > remove rm
    options  --dev --build
    operands package*
    traits   removes-package
  > run r
    options  --bin=text --example=text
    stop
  > test t bench nextest miri
    options  --test=text --bin=text --lib --doc --no-run --bench=text
    stop
  > new init vendor
    options  --name=text --lib --bin --vcs=text --edition=text
    operands write
  > build b check c clippy fmt doc fix clean package update generate-lockfile expand audit deny outdated llvm-cov watch
    options  --fix --allow-dirty --allow-staged --all-targets --all --open --bin=text --lib --precise=text --no-deps
  > metadata tree search locate-project version info help pkgid
    options  --format-version=text -e=text -i=text --no-deps
    traits   read-only

rustc
  options  -o=write --out-dir=write -L=text -C=text --edition=text --crate-type=text --print=text --emit=text
  operands read*

go
  options  -C=enter
  may      foreign-package runs-fetched-code
  > get
    options  -u -t -d -v -tool
    run      packages.modules
  > install
    options  -v -ldflags=text -tags=text
    single
    run      packages.modules
  > run
    options  -race -tags=text -ldflags=text -mod=text -exec=shell
    stop
    single
    run      packages.go_run
  > build
    options  -o=write -ldflags=text -tags=text -toolexec=shell -gcflags=text -mod=text -race -trimpath
    single
  > test
    options  -o=write -run=text -exec=shell -toolexec=shell -coverprofile=write -bench=text -count=text -timeout=text
             -tags=text -race -cover -short -v -json -cpuprofile=write -memprofile=write -fuzz=text -fuzztime=text
             -parallel=text -coverpkg=text
    single
  > env
    options  -w -u -json -changed
    run      packages.settings
  > generate vet fmt fix
    options  -run=text -vettool=run -tags=text
    single
  > mod work
    >> download tidy vendor graph verify why edit init use sync
  > tool
    operands text text*
    stop
  > clean
    options  -cache -modcache -testcache -i -r
    single
  > list doc version help
    traits   read-only

gofmt goimports gofumpt
  options  -w,--write -l -d -s -r=text -local=text -e
  operands read*
  instead  --write edit*

gem
  > install
    options  -s,--source=url!foreign-package -v=text --user-install -N --no-document --install-dir=write --local
    operands spec*
  > uninstall
    options  -v=text -a -x -I
    operands package*
    traits   removes-package
  > push
    options  --host=url -k=text
    operands read
    traits   publishes sends
  > yank owner
    options  -v=text -a=text -r=text --add=text --remove=text
    operands package
    traits   publishes
  > sources
    options  -a,--add=url -r,--remove=text -l,--list -c,--clear-all
    run      packages.sources
  > list env search info which query specification contents dependency outdated help environment
    traits   read-only
  > build
    options  -o=write
    operands read
  > update cleanup fetch unpack pristine signin

bundle bundler
  > exec
    stop
    run      packages.environment
  > add
    options  --git=url!foreign-package -v=text --group=text --source=url!foreign-package
    operands package*
  > remove
    operands package*
    traits   removes-package
  > config
    options  --local --global
    run      packages.settings
  > install update lock check clean outdated show list info init package cache pristine gem open doctor platform
    options  --path=write --without=text --with=text --jobs=text -j=text --gemfile=read

setup.py
  options  -r,--repository=text --inplace -d,--dist-dir=write
  run      packages.builds
  may      publishes

mvn mvnw sbt lein mill
  options  -f,--file=read -D=text -P=text -pl=text -s=read -q --dry-run -am -T=text -B -U -o
  single
  run      packages.goals
  may      publishes

gradle gradlew
  options  -b=read -p,--project-dir=enter -D=text -P=text -x=text -I=run -m,--dry-run --tests=text -c=read -q
           --console=text --max-workers=text --info --stacktrace --scan --no-daemon --rerun-tasks --continue
  run      packages.goals
  may      destroys-data publishes

dotnet
  options  -c,--configuration=text -f,--framework=text -r=text -v=text --verbosity=text --nologo --no-restore --no-build
  > nuget
    >> push
      options  -k=text -s,--source=url --api-key=text
      operands read
      traits   publishes sends
    >> delete
      options  -k=text -s=url --non-interactive
      traits   publishes destroys-data
    >> add
      >>> source
        options  -n=text -u=text -p=text
        operands url
        traits   foreign-package
    >> list locals remove verify
  > tool
    >> install
      options  -g,--global --add-source=url!foreign-package --version=text --tool-path=write --local
      operands package
    >> update restore list run search
      operands text*
    >> uninstall
      options  -g
      operands package
      traits   removes-package
  > add package
    options  --version=text -s,--source=url!foreign-package
    operands text*
  > remove
    operands text*
  > ef
    >> database
      >>> drop
        options  -f,--force --dry-run!read-only
        traits   destroys-data
      >>> update
        options  -c,--context=text -p,--project=text --connection=text
        run      packages.migrates
        may      destroys-data
    >> migrations
      >>> add remove list script
  > build test run publish restore clean pack watch new sln format workload msbuild
    options  -o,--output=write --filter=text --logger=text --collect=text -p=text --project=text -n=text -t=text
             --no-launch-profile --self-contained --results-directory=write --settings=read
    operands text*
  > fsi
    options  --exec --use=run --load=run --nologo -q,--quiet -d,--define=text -r,--reference=read
    stop
    language compiled
    run      interpreters.other
  > script
    >> eval
      operands code
      language compiled
      run      interpreters.console
    >> *
      stop
      language compiled
      run      interpreters.other
  > user-secrets
    >> list
      traits   prints-environment
    >> set remove clear init
  > dev-certs
    options  --trust!privileged --clean -ep=write -p=text
    operands text*

nuget
  > push
    options  -Source=text -ApiKey=text
    single
    operands read text
    traits   publishes sends
  > delete
    traits   publishes destroys-data
  > install restore list pack sources spec locals
    options  -Source=text -OutputDirectory=write -Name=text
    single

mix
  > hex.publish
    options  --dry-run!read-only --yes --revert=text!destroys-data
    traits   publishes
  > hex.retire hex.owner
    traits   publishes
  > ecto.drop ecto.reset
    traits   destroys-data
  > run
    options  -e,--eval=code -r,--require=run -p,--parallel --no-halt --no-start --no-compile
    stop
    language elixir
    run      interpreters.other
  > eval
    options  --no-start --no-compile
    operands code
    language elixir
    run      interpreters.console
  > do
    operands text*
  > deps.get deps.update compile test format credo dialyzer phx.server phx.new ecto.create ecto.migrate ecto.setup \
      ecto.rollback release phx.gen new deps.clean clean docs hex.info local.hex phx.routes deps.compile ecto.gen.migration
    operands text*

rebar3
  > hex
    >> publish
      traits   publishes
    >> search user
  > compile ct eunit shell clean release dialyzer xref fmt deps upgrade new

composer
  options  -d,--working-dir=enter -n,--no-interaction -q -v --no-scripts --no-dev
  > require
    options  --dev -W
    operands package*
  > global
    >> require
      operands package*
    >> remove
      operands package*
      traits   removes-package
    >> show update config
  > remove
    options  --dev
    operands package*
    traits   removes-package
  > config
    options  -g,--global --unset -l,--list --auth
    run      packages.settings
  > create-project
    options  --repository=text!foreign-package --prefer-dist --stability=text
    operands package write
  > exec
    operands command
    stop
  > run run-script test
    stop
    run      recipes.composer
  > install i update u upgrade
    run      recipes.composer
  > dump-autoload dumpautoload validate outdated show info why diagnose audit init archive \
      clear-cache check-platform-reqs licenses status fund bump search about

luarocks
  options  --server=url!foreign-package --tree=write --local --global
  > install make build
    operands spec
  > upload
    options  --api-key=text --temp-key=text
    operands read
    traits   publishes sends
  > remove purge
    operands package
    traits   removes-package
  > list search show path config init pack lint test doc which

cpan cpanm cpm
  options  -n,--notest -L=write -l=write --installdeps --mirror=url!foreign-package --from=url!foreign-package
  operands spec*

opam
  options  -y,--yes --switch=text
  > install reinstall
    options  --deps-only --with-test -j=text
    operands spec*
  > remove uninstall
    operands package*
    traits   removes-package
  > pin
    >> add
      options  -n -y -k=text
      operands text spec
    >> list remove
  > repository repo
    >> add
      operands text url
      traits   foreign-package
    >> list remove
  > publish
    traits   publishes
  > env init hook
    output   nothing
  > exec
    operands command
    stop
  > update upgrade switch list show info search config lint var build test

nimble shards cabal stack pub raco zef alr vcpkg conan fpm spago elm-package
  options  -y --git=url!foreign-package -r,--remote=text
  > install add build test run update init list search check exec repl clean configure freeze new deps outdated get \
      upgrade create search haddock ghci ghc setup
    operands text*
  > publish upload lish
    options  --dry-run!read-only --publish -d,--documentation --candidate -f,--force
    traits   publishes
  > remove uninstall
    operands package*
    traits   removes-package

pod carthage
  > trunk
    >> push delete deprecate add-owner remove-owner
      traits   publishes
    >> me register info
  > install update repo outdated init lib deintegrate bootstrap build checkout

vsce ovsx
  options  -p,--pat=text -i,--packagePath=read -o,--out=write --pre-release
  > publish unpublish
    traits   publishes
  > package ls login logout verify-pat show create-publisher get
    operands text*

changeset lerna
  options  --yes --no-push --no-git-tag-version --canary --dist-tag=text --tag=text
  > publish
    traits   publishes
  > exec
    options  --scope=text --ignore=text --no-bail --no-prefix --no-private --since=text --concurrency=text --stream --parallel
    operands joined
    stop
  > run bootstrap changed version add status init list ls diff clean
    operands text*
    stop
"""
