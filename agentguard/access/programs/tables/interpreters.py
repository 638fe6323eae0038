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

python python2 python3 pypy pypy3 ipython python3.9 python3.10 python3.11 python3.12 python3.13 python3.14
  options  -b -B -c=text -d -E -h,--help -i -I -m=text -O -OO -P -q -s -S -t -u -v -V,--version -W=text -x -X=text
           --check-hash-based-pycs=text
  stop
  run      interpreters.python

node nodejs
  options  -e,--eval=code -p,--print=code -r,--require=run --import=run --loader=run -c,--check -i,--interactive
           -C=text --conditions=text --env-file=read --inspect=text? --inspect-brk=text? --test --watch
           --watch-path=text --input-type=text --max-old-space-size=text --test-reporter=text --test-name-pattern=text
           --title=text
  stop
  language javascript
  run      interpreters.other
  may      runs-fetched-code

deno
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
  options  -e,--eval=code -p,--print=code -P,--project=read -r,--require=run -T
  stop
  language javascript
  run      interpreters.other

tsx
  options  -e,--eval=code -p,--print=code --tsconfig=read -r,--require=run --import=run --env-file=read
  stop
  language javascript
  run      interpreters.other

ruby
  options  -a -c -C=enter -d -e=code -E=text -F=text? -h -i=text? -I=text -l -n -p -r=text -s -S -T=text? -U -v -w
           -W=text? -x=text?
  stop
  language ruby
  run      interpreters.other

perl
  options  -a -c -C=text? -d=text? -D=text? -e=code -E=code -f -F=text -h -i=text? -I=text -l=text? -m=text -M=text -n
           -0=text? -p -s -S -t -T -u -U -v -V -w -W -x=text? -X
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
