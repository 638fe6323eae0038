"""Interpreters and shells: python(1), node(1), perl(1), bash(1) and their kin."""

TABLE = r"""
sh bash zsh dash ksh rbash ash mksh yash csh tcsh
  options  -c -s -i -l,--login -o=text -O=text -e -u -x -v -n --norc --noprofile --posix --init-file=script --rcfile=script
           -f -p --restricted
  stop
  run      interpreters.shell
  may      runs-fetched-code

fish
  options  -c,--command -C,--init-command=text -i -l -n -N
  stop
  language fish
  run      interpreters.shell

pwsh powershell
  options  -Command=text -c=text -File=run -f=run -EncodedCommand=text -w=text -WindowStyle=text -ep=text
           -ExecutionPolicy=text -ex=text -wd=text -WorkingDirectory=text -NoProfile -NonInteractive
  stop
  single
  run      interpreters.unread
  may      runs-fetched-code

python python2 python3 pypy pypy3 ipython micropython jython graalpy py
  options  -b -B -c=text -d -E -h,--help -i -I -m=text -O -OO -P -q -s -S -t -u -v -V,--version -W=text -x -X=text
           --check-hash-based-pycs=text
  stop
  run      interpreters.python
  may      discards-work signals

node nodejs
  options  -e,--eval=code -p,--print=code -r,--require=run --import=run --loader,--experimental-loader=run -c,--check
           -i,--interactive -C,--conditions=text --env-file,--env-file-if-exists=text --inspect=text? --inspect-brk=text?
           --inspect-wait=text? --inspect-port,--debug-port=text --test --watch --watch-path=text --input-type=text
           --experimental-default-type=text --max-old-space-size=text --max-http-header-size=text --title=text
           --test-reporter=text --test-reporter-destination=write --test-name-pattern=text --test-skip-pattern=text
           --test-concurrency=text --test-shard=text --test-timeout=text --disable-warning=text --icu-data-dir=text
           --redirect-warnings=write --unhandled-rejections=text --dns-result-order=text --diagnostic-dir=write
           --cpu-prof-dir=write --cpu-prof-name=text --heap-prof-dir=write --heap-prof-name=text --report-dir=write
           --trace-event-categories=text --trace-event-file-pattern=text --openssl-config=read --tls-keylog=write
           --stack-trace-limit=text --snapshot-blob=read --experimental-config-file=read --localstorage-file=edit
           --build-snapshot-config=read --experimental-sea-config=read --disable-proto=text --heapsnapshot-signal=text
           --secure-heap=text --tls-cipher-list=text --allow-fs-read=text --allow-fs-write=text
  stop
  language javascript
  run      interpreters.other
  may      discards-work runs-fetched-code signals

deno
  options  --env=text? --env-file=text?
  may      foreign-package runs-fetched-code
  > *
    stop
    language javascript
    run      interpreters.other
  > eval
    options  -p,--print --ext=text
    operands code
    stop
    language javascript
    run      interpreters.other
  > run
    options  -c,--config=read -A,--allow-all --allow-read=text? --allow-write=text? --allow-net=text?
    stop
    language javascript
    run      interpreters.other
  > test lint
    operands read*
  > fmt
    operands edit*
  > task
    stop
    run      recipes.deno
  > install add
    options  -A,--allow-all --allow-read=text? --allow-write=text? --allow-net=text? --allow-env=text? --allow-run=text?
             -n,--name=text -g,--global -f,--force --root=write -c,--config=read --import-map=from -D,--dev
    operands spec*
  > publish
    traits   publishes

ts-node
  options  -e,--eval=code -p,--print=code -P,--project=read -r,--require=run -T,--transpile-only -O,--compiler-options=text
           -I,--ignore=text --cwd=text --dir=text -C,--compiler=text -D,--ignore-diagnostics=text --scope-dir=text --esm --swc
  stop
  language javascript
  run      interpreters.other

tsx
  options  -e,--eval=code -p,--print=code --tsconfig=read -r,--require=run --import=run --env-file=text -C,--conditions=text
  stop
  language javascript
  run      interpreters.other

ruby
  options  -0=digits -a -c -C=enter -X=enter -d -e=code -E=text -F=text? -h -i=text? -I=text -K=text? -l -n -p -r=text -s -S
           -T=digits -U -v -w -W=digits -x=text? --encoding=text --external-encoding=text --internal-encoding=text
           --require=text --disable=text --enable=text --backtrace-limit=text
  stop
  language ruby
  run      interpreters.other

perl
  options  -a -c -C=text? -d=text? -D=text? -e=code -E=code -f -F=text? -h -i=text? -I=text -l=digits -m=text -M=text -n
           -0=digits -p -s -S -t -T -u -U -v -V -w -W -x=text? -X
  stop
  language perl
  run      interpreters.other
  may      prints-environment

php
  options  -a -c=read -n -d=text -e -f,--file=run -h -i -l -m -r,--run=code -B=code -R=code -E=code -F=run -S=text
           -t=text -s -v -w -z=text
  stop
  language php
  run      interpreters.other

lua luajit
  options  -e=code -i -l=text -v -W
  stop
  language lua
  run      interpreters.other

osascript
  options  -e=code -l=text -s=text -i
  stop
  language applescript
  run      interpreters.other

java
  options  -cp,-classpath,--class-path=text -jar=run -D=text -m,--module=text
  stop
  single
"""
