"""Build, test and format tools: they run the project's own code, and some change its files."""

TABLE = r"""
make gmake
  options  -C,--directory=enter -f,--file,--makefile=run -j,--jobs=text? -n,--just-print,--dry-run -B -e -i -I=read -k
           -l=text? -o=text -p -q,--question -r -R -s -S -t -v -w -W=text --eval=text -O=text?
  run      recipes.make
  may      foreign-package runs-fetched-code

cmake
  options  -S=read -B=write -G=text -D=text -P=run -E --build=read --install=read --target=text --preset=text -j=text
           --config=text
  operands read
  first    build.tools
  run      build.cmake

tcc
  options  -o=write -I=text -L=text -l=text -D=text -U=text -run=text? -c -E -include=read
  single
  operands words*
  run      build.compiles

gcc g++ cc c++ clang clang++ cpp
  options  -o=write -I=text -L=text -l=text -D=text -U=text -x=text -c -S -E -include=read -T=read
  operands words*
  run      build.compiles

just
  options  -f,--justfile=run -d,--working-directory=enter --set=text+text -n,--dry-run -l,--list -c,--command=text --summary
           --show=text --evaluate --dump --choose --fmt
  run      recipes.just

task go-task
  options  -t,--taskfile=run -d,--dir=enter -l,--list -a,--list-all -n,--dry --summary -g,--global -f,--force -p,--parallel
           -o,--output=text -s,--silent -v,--verbose -w,--watch -y,--yes
  run      recipes.task

pytest py.test
  options  -k=text -m=text -c,--config-file=read -p=text -o=text -n=text -x -q -v -s -r=text? --cov=text?
           --cov-report=text --junitxml=write --junit-xml=write --rootdir=read --tb=text --maxfail=text
           --durations=text --timeout=text --lf --ff --pdb --basetemp=write --ignore=text --deselect=text -W=text
  run      build.tests

coverage
  options  -m=text --rcfile=read
  > run
    options  -m,--module=text --source=text --rcfile=read -p --branch
    stop
    run      build.coverage

jest vitest
  options  -c,--config=text -t,--testNamePattern=text --testPathPattern=text -i -u --coverage --watch --watchAll=text?
           -w,--maxWorkers=text

nyc c8
  operands command
  stop

tsc
  options  -p,--project=read --outDir=write --outFile=write --declarationDir=write -w,--watch -b,--build --noEmit
           --target=text --module=text --lib=text --jsx=text --moduleResolution=text --rootDir=text
  operands read*

esbuild
  options  --outfile=write --outdir=write --bundle
  operands read*

rimraf
  options  -g,--glob
  operands delete*
  tree     always

mkdirp
  operands write*

del-cli
  operands delete*
  tree     always

eslint flake8
  options  -c,--config=read --fix -o,--output-file=write -f,--format=text --ext=text --ignore-path=read --rule=text
           --max-warnings=text
  operands look*
  run      build.lints

prettier
  options  -w,--write --check -c --config=read --ignore-path=read -l --parser=text
  operands look*
  run      build.lints

ruff
  options  --config=text --isolated
  > check
    options  --fix --select=text --ignore=text --output-format=text -o,--output-file=write --config=text
    operands look*
    run      build.lints
  > format
    options  --check --diff --config=text
    operands look*
    run      build.lints

black
  options  --check --diff -l=text -t=text --config=read -c=text -S -q
  operands look*
  run      build.lints

isort
  options  --check --check-only --diff --profile=text --settings-path=read
  operands look*
  run      build.lints

mypy
  options  -c=text -m=text -p=text --config-file=read --python-version=text --cache-dir=write --junit-xml=write
  operands read*

shellcheck
  options  -s=text -e=text -f=text -x -S=text
  operands read*
  traits   read-only

shfmt
  options  -w,--write -i=text -d -l
  operands read*
  instead  --write edit*

rustfmt
  options  --check --config-path=read --edition=text
  operands edit*
  instead  --check read*

clang-format
  options  -i,--in-place -style=text
  operands read*
  instead  --in-place edit*

pandoc
  options  -o,--output=write -f=text -t=text --template=read -F,--filter=run
  operands read*

uvicorn
  options  --host=text --port=text --reload --app-dir=read --env-file=text --workers=text --log-level=text
  operands text
  run      build.serves

flask
  options  --app=text -A=text --debug
  > run
    options  -h,--host=text -p,--port=text --debug --reload
    run      build.serves
  > shell
    language python
    run      interpreters.console
  > db
    options  -d,--directory=text -x,--x-arg=text
    may      destroys-data
    >> downgrade
      options  --sql --tag=text
      operands text
      run      stores.downgrade
    >> upgrade migrate revision stamp merge init
      options  -m,--message=text --autogenerate --rev-id=text --sql --head=text
    >> current history heads branches show check list-templates
      options  -v,--verbose
      traits   read-only
"""
