"""More build, test and format tools of all ecosystems. They run the project's own code; what they write is said."""

TABLE = r"""
ninja samu meson xmake scons waf tup redo premake5 autoreconf autoconf automake libtool pkg-config configure ctest cpack
  options  -C=enter -f=read -j,--jobs=text -t=text -n!read-only --wipe --reconfigure -k=text -v --prefix=text -D=text
           --buildtype=text --test-dir=read -R=text --output-on-failure -G=text
  operands text*

bazel bazelisk blaze buck buck2 pants please plz
  options  --config=text -c=text --test_output=text --output_base=write --output=text --jobs=text --test_filter=text
           --run_under=shell
  > build test query cquery aquery coverage info fetch mod targets audit fmt lint check list dependencies help version \
      sync dump uquery goals peek tailor export package
    operands text*
    stop
  > run repl
    operands text text*
    stop
  > clean
    options  --expunge --async
  > shutdown kill

ant
  options  -f=run -buildfile=run -file=run -D=text -q -v
  single

scalac groovyc javac javap jar jlink jpackage jdeps javadoc
  options  -d=write -cp=text -classpath=text -sourcepath=read -o=write -p=text -source=text -target=text --release=text
           -c -t -x -v -f=text -Xlint -encoding=text
  operands read*

swiftc swiftlint swiftformat swift-format
  options  -o=write --config=read -i,--in-place --fix --autocorrect --lint -r
  operands look*
  run      build.lints

xcodebuild
  options  -project=read -workspace=read -scheme=text -configuration=text -destination=text -derivedDataPath=write
           -resultBundlePath=write -archivePath=write -exportPath=write -exportOptionsPlist=read -sdk=text -arch=text
           -testPlan=text -allowProvisioningUpdates
  single
  operands text*

xcrun
  > simctl
    >> erase delete
      traits   destroys-data
    >> list boot shutdown install launch create openurl getenv io status_bar privacy push spawn uninstall addmedia
  > altool notarytool
    traits   publishes
  > *
    operands text*

flutter dart
  options  -d=text --flavor=text -t=read --dart-define=text
  > pub
    >> publish
      options  -n,--dry-run!read-only -f
      traits   publishes
    >> get add remove upgrade outdated global deps cache run
      options  --git-url=url!foreign-package --git-ref=text
      operands text*
  > build run test analyze clean create doctor devices emulators gen-l10n fix format drive attach install config channel \
      upgrade downgrade precache compile doc info pub-get
    options  --release --debug -o=write --output=write --apply --coverage --name=text
    operands text*
  > *
    operands run text*

elixirc erlc dialyzer ghci hlint ormolu fourmolu stylish-haskell hindent ocamlfind ocamlformat ocamlc ocamlopt \
    dune esy reason nimpretty ameba zig zls odin vlang gleam purs elm elm-test elm-format elm-review racket-fmt \
    clj-kondo cljfmt shadow-cljs boot fortls gfortran fprettify nvcc hipcc ispc cobc gnatmake fpc dmd ldc2 rdmd
  options  -o=write -I=text -L=text --make -O=text -i,--in-place --check -c -W=text --mode=text --outdir=write -e=text
           --output=write --fix --watch -d=text
  operands look*

matlab octave-cli
  options  -r=text -batch=text --eval=text --path=read --no-gui -nodisplay -logfile=write
  single
  run      build.evaluates

vite webpack webpack-cli rollup parcel esbuild-register swc tsup unbuild rspack rsbuild rolldown tsdown microbundle wmr \
    snowpack metro bili pkgroll ncc size-limit bundlesize source-map-explorer
  options  -c,--config=run --outDir=write --outfile=write -d,--dir=write -o=write -f=text --mode=text -w,--watch --host=text?
           -p,--port=text --minify=text --target=text --base=text --dist-dir=write --format=text --dts --out-dir=write
  operands text*
  run      build.bundles

next nuxt nuxi astro gatsby remix svelte-kit ng vue-cli-service react-scripts craco expo quasar gridsome eleventy \
    docusaurus vitepress vuepress storybook start-storybook build-storybook hexo 11ty redwood solid-start qwik analog \
    tauri electron-builder electron-forge electron wxt plasmo react-native nativescript ng-packagr sapper umi
  options  -p,--port=text -H,--hostname=text --host=text? -o=write --output-dir=write --config=text --no-open --ci -c=read
           --turbo --open -s=read --platform=text --prod --configuration=text --publish=text
  operands text*
  run      build.bundles

turbo nx rush moon wireit lage bit-cli preconstruct beachball
  options  --filter=text --cache-dir=write -t=text --target=text --projects=text --parallel=text --base=text --head=text
           --concurrency=text -F=text --skip-nx-cache --dry-run!read-only --dry=text?
  operands text*
  > publish release
    operands text*
    traits   publishes
  > exec
    options  -p,--projects=text --targets=text --parallel=text --no-bail
    operands joined
    stop
  > reset daemon prune link login telemetry

mocha ava tap tape jasmine karma cypress playwright wdio testcafe nightwatch newman artillery k6 autocannon bats \
    cucumber-js stryker web-test-runner wtr uvu lighthouse lhci pa11y backstop loki detox maestro qunit japa
  options  -c,--config=run --spec=read --reporter=text -R=text -r,--require=run -g,--grep=text --project=text -o=write
           --output=write --headed --ui --browser=text -b=text -e=text --env=text -t=text --timeout=text --shard=text
           --workers=text --grep-invert=text --reporters=text -s=text
  operands text*

stylelint biome oxlint xo standard tslint dprint rome markdownlint markdownlint-cli2 cspell alex commitlint knip depcheck \
    ts-prune madge publint attw sort-package-json syncpack htmlhint jsonlint yamllint ansible-later hadolint dclint \
    sqlfluff sqlfmt pylint pyflakes pycodestyle pydocstyle bandit vulture radon autopep8 yapf pyupgrade docformatter \
    codespell darglint pyright basedpyright pytype pyre ty djlint curlylint taplo buildifier stylua luacheck selene \
    golangci-lint staticcheck revive gosec errcheck ktlint detekt checkstyle pmd spotbugs scalafmt scalafix rubocop \
    standardrb reek brakeman erb-lint erblint haml-lint slim-lint phpcs phpcbf phpstan psalm phpmd php-cs-fixer pint \
    rector cppcheck clang-tidy cpplint include-what-you-use iwyu uncrustify astyle nixfmt alejandra statix deadnix \
    typos vale proselint textlint misspell mdformat cfn-lint tflint tfsec checkov kube-score conftest opa trivy grype \
    syft semgrep gitleaks trufflehog detect-secrets zizmor actionlint promtool spectral redocly swagger-cli protolint \
    buf prototool graphql-inspector xmllint tidy html-validate svgo eslint_d prettierd lintr styler terraform-docs \
    cargo-deny cargo-audit pip-audit safety npm-check-updates ncu license-checker dotenv-linter
  options  -c,--config=read --fix --write -w --apply -i,--in-place -a -A --autocorrect --format=text -f=text -r -q -x
           --output=write --reporter=text --rules=text --check --diff -l --rcfile=read --select=text --ignore=text -o=write
           --severity=text --settings=read --skip=text --exclude=text --config-file=read -s=text --exit-zero
  operands look*
  run      build.lints

tox nox
  options  -e=text -c=read -f=read -s=text -k=text -p=text -r -q -l --workdir=write --notest --list -R
  operands text*

rspec minitest cucumber spring guard puma unicorn rackup jekyll middleman nanoc yard rdoc sidekiq
  options  -e=text -f=text -o=write -d=write -p=text -c=read -r=text -t=text -I=text --format=text -C=read -P=text
           --out=write -n=text -b=text --seed=text -s=read --destination=write --source=read --tag=text
  operands text*

foreman honcho overmind hivemind forego
  options  -f,--procfile=run -e,--env=text -d,--root,--app-root=enter -c,--concurrency,-m,--formation=text -p,--port=text
           -t,--timeout=text -s,--socket=text -N,--no-auth -D,--daemonize -l,--processes=text
  operands text*
  run      sessions.procfile
  > run
    options  -e,--env=text -f,--procfile=run
    stop
    run      sessions.with_env
  > check version help kill quit ps status echo
    traits   read-only
  > export
    operands text write

phpunit pest codecept behat paratest infection phpdoc box deployer dep
  options  -c=read --filter=text --testsuite=text --coverage-html=write --coverage-text --coverage-clover=write
           --log-junit=write --group=text --configuration=read -d=text
  operands text*

protoc
  options  -I=read --proto_path=read --go_out=write --python_out=write --cpp_out=write --java_out=write --js_out=write
           --grpc_out=write --go-grpc_out=write --descriptor_set_out=write --plugin=text --ts_out=write
           --grpc_python_out=write --decode=text --encode=text -o=write
  operands read*

asciidoctor plantuml
  options  -b=text -d=write -o=write -D=text -a=text -r=run -R=text -B=text -t=text -pipe -p -s -e -I=text -S=text -T=text
  operands text*
  run      documents.reads

jsonnet
  options  -e,--exec=text -o,--output-file=write -m,--multi=write -J,--jpath=text -V,--ext-str=text -A,--tla-str=text
           --ext-str-file=text --ext-code=text --tla-code=text -S,--string -y,--yaml-stream -c,--create-output-dirs
  operands words*
  run      documents.reads

sphinx-build sphinx-quickstart mkdocs hugo zola mdbook doxygen typedoc jsdoc redoc-cli pdoc pydoc bibtex \
    biber tectonic typst quarto jupyter-book antora mmdc dot \
    graphviz d2
  options  -b=text -d=write -o=write -D=text -c=read -j=text -W -T=text -s=read --destination=write --theme=text -f=text
           -interaction=text -output-directory=write -pdf -jobname=text --outdir=write --out=write --watch -K=text -i=read
           -a=text
  operands text*
  > gh-deploy
    options  -m=text --force
    traits   publishes
  > publish deploy
    operands text*
    traits   publishes

pdflatex xelatex lualatex latexmk latex tex luatex
  options  -output-directory=write -jobname=text -interaction=text -outdir=write -shell-escape -enable-write18 -pdf -c -C
           -synctex=text -halt-on-error
  single
  operands text*
  run      documents.reads

groff troff nroff mandoc
  options  -T=text -m=text -d=text -r=text -P=text -O=text -K=text
  operands read*

gunicorn daphne hypercorn granian celery flower dramatiq rq huey airflow dagster luigi streamlit gradio chainlit panel \
    bokeh mlflow tensorboard wandb dvc locust scrapy fastapi litestar quart sanic django-rq
  options  -b,--bind=text -w=text -k=text -c=read --host=text --port=text -A=text -l=text -Q=text --config=read
           --server.address=text --server.port=text --logdir=read --reload --bind_all -p=text --app-dir=read -f=text
  operands text*
  run      build.serves_all
  > db
    >> reset clean drop-archived
      traits   destroys-data
    >> migrate init upgrade check shell export-archived
  > push deploy publish
    operands text*
    traits   publishes
  > purge
    options  -f
    traits   destroys-data

pre-commit-uv cmake-format gcov lcov gcovr llvm-cov llvm-profdata gprof dsymutil lipo install_name_tool codesign
  options  -o=write --output=write -d -t -x -s=text -j=text -r -f=text -C -S -T -a -l=text --html=write --xml=write
  operands read*

objdump readelf nm size ldd addr2line otool
  options  -A,--architecture-specific -B -C,--demangle=text? -D,--disassemble-all -M=text -R=text -b,--target=text
           -d -e=words -f -g -h -j,--section=text -m=text -n -o -p=text? -r -s -S -t -u -v -w=text? -x -X=text
           --start-address=text --stop-address=text --disassembler-options=text --string-dump=text
           --relocated-dump=text --hex-dump=text --debug-dump=text? --radix=text --format=text --exe=words
  operands words*
  traits   read-only

c++filt
  options  -n -p -t -i -s,--format=text
  traits   read-only

ar
  options  --output=write --plugin=read --target=text
  run      archives.library

ranlib
  options  -t -U -D
  operands edit*

ld as
  options  -o,--output=write -I=text -L=text -l=text -e=text -m=text -T,--script=read -R=read -Map=write --defsym=text
           -MD=write -a=text? -g -n -r -s -S -t -x
  operands words*

strip
  options  -o=write -O,--output-target=text -I,--input-target=text -R,--remove-section=text -K,--keep-symbol=text
           -N,--strip-symbol=text -F,--target=text -g -p -s -S -x -X
  operands edit*
  instead  -o read*

objcopy
  options  -o=write -O,--output-target=text -I,--input-target=text -j,--only-section=text -R,--remove-section=text
           -K,--keep-symbol=text -N,--strip-symbol=text -F,--target=text -g -p -s -S -x -X --add-section=text
           --dump-section=text --add-gnu-debuglink=read --keep-symbols=read --strip-symbols=read
           --redefine-syms=read
  operands words write

ast-grep
  options  -p,--pattern=text -r,--rewrite=text -l,--lang=text -U,--update-all -i,--interactive --json=text? -c,--config=read
  operands look*
  instead  --update-all edit*
  tree     --update-all

codemod jscodeshift comby jscpd cloc tokei scc sloccount onefetch loc git-sizer dust gdu ncdu procs duf bandwhich
  options  -t=read --rewrite=text -p=text --lang=text -U,--update-all -i,--interactive --dry --print -l=text -r=text -o=write
  operands look*

mage invoke inv doit act
  options  -t,--taskfile=read -d,--dir=enter -l,--list --list-all --summary -n!read-only --dry!read-only -W=read -j=text
           -P=text -e=read --secret-file=text --var-file=text --env-file=text -s=text -f=text
  operands text*

goreleaser
  options  -f,--config=read --clean --skip=text --timeout=text -p=text
  > release publish announce
    options  --snapshot!read-only
    traits   publishes
  > build check init healthcheck jsonschema
    options  --snapshot --single-target -o=write

b2
  options  -d=text -j=text --toolset=text --prefix=write --build-dir=write
  > upload-file upload_file upload-unbound-stream
    options  --content-type=text --threads=text --info=text --quiet --no-progress
    operands text read text
    traits   sends
    run      senders.backblaze
  > file
    >> upload
      operands text read text
      traits   sends
      run      senders.backblaze
    >> *
  > sync
    operands read text
    traits   sends
    run      senders.backblaze
  > delete-bucket delete_bucket delete-file-version delete_file_version rm
    traits   destroys-data
  > *

identify
  operands text*
  run      images.looks

convert magick montage composite compare animate display mogrify conjure stream gm
  operands text*
  run      images.draws
"""
