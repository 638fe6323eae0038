"""Programs that run other commands. Manual pages of section 1."""

TABLE = r"""
sudo
  options  -A,--askpass -b,--background -C,--close-from=text -D,--chdir=enter -E,--preserve-env=text? -e,--edit
           -g,--group=text -H,--set-home -h,--host=text -i,--login -k,--reset-timestamp -l,--list -n,--non-interactive
           -P,--preserve-groups -p,--prompt=text -R,--chroot=text -r,--role=text -S,--stdin -s,--shell
           -T,--command-timeout=text -t,--type=text -U,--other-user=text -u,--user=text -V,--version -v,--validate
  traits   privileged
  stop
  run      carriers.sudo

doas
  options  -a=text -C=read -L -n -s -u=text
  traits   privileged
  stop
  run      carriers.sudo

su
  options  -c,--command=text -g,--group=text -G,--supp-group=text -l,--login -m,-p,--preserve-environment -P,--pty
           -s,--shell=text -w,--whitelist-environment=text
  traits   privileged
  run      carriers.su

runuser
  options  -c,--command=text -u,--user=text -g,--group=text -l,--login -s,--shell=text
  traits   privileged
  stop
  run      carriers.su

env
  options  -i,--ignore-environment -0,--null -u,--unset=text -C,--chdir=enter -S,--split-string=text
           --block-signal=text? --default-signal=text? --ignore-signal=text? -v,--debug
  stop
  run      carriers.env

nice
  options  -n,--adjustment=text
  operands command
  stop

ionice
  options  -c,--class=text -n,--classdata=text -p,--pid=text -P=text -t,--ignore -u=text
  operands command
  stop

chrt
  options  -p,--pid=text -b -f -i -o -r
  operands text command
  stop

taskset
  options  -a -c,--cpu-list -p,--pid
  operands text command
  stop

nohup firejail busybox toybox
  operands command
  stop

timeout gtimeout
  options  -f,--foreground -k,--kill-after=text -p,--preserve-status -s,--signal=text -v,--verbose
  operands text command
  stop

stdbuf
  options  -i,--input=text -o,--output=text -e,--error=text
  operands command
  stop

unbuffer
  options  -p
  operands command
  stop

setsid
  options  -c,--ctty -f,--fork -w,--wait
  operands command
  stop

time gtime
  options  -f,--format=text -o,--output=write -a,--append -p,--portability -v,--verbose -l
  operands command
  stop

caffeinate
  options  -d -i -m -s -u -t=text -w=text
  operands command
  stop

systemd-run
  options  --unit=text -p,--property=text -E,--setenv=text --uid=text --gid=text --slice=text -u=text
           --working-directory=enter --on-active=text --on-calendar=text -t,--pty --user --scope -d -q,--quiet
           -G,--collect -P,--pipe --wait -M=text -H=text
  operands command
  stop

watch
  options  -n,--interval=text -d,--differences=text? -t,--no-title -b -e -g -c -x,--exec -p -w
  stop
  run      carriers.watch

entr
  options  -a -c -d -n -p -r -s -z
  operands command
  stop

command
  options  -p -v -V
  stop
  output   command
  run      carriers.command

builtin noglob nocorrect
  options  -p -v -V
  stop
  run      carriers.command

exec
  options  -a=text -c -l
  operands command
  stop

eval
  run      carriers.evaluate

source .
  run      carriers.source

trap
  options  -l -p
  run      carriers.trap

xargs gxargs
  options  -0,--null -a,--arg-file=read -d,--delimiter=text -E=text -e,--eof=text? -I=text -i,--replace=text?
           -L,--max-lines=text -l=text? -n,--max-args=text -o,--open-tty -P,--max-procs=text -p,--interactive
           -r,--no-run-if-empty -R=text -J=text -s,--max-chars=text -t,--verbose -x,--exit
  stop
  run      carriers.xargs

parallel
  options  -0,--null -a,--arg-file=read -d,--delimiter=text -I=text -j,--jobs=text -k,--keep-order -n,--max-args=text
           -N=text -q,--quote -r -S,--sshlogin=text --colsep=text --joblog=write --results=write --timeout=text --bar
           --dry-run --halt=text --pipe --block=text --tmpdir=text --will-cite -m -X --progress --eta --delay=text
  stop
  run      carriers.parallel

flock
  options  -s -x,--exclusive -n,--nonblock -u -w,--timeout=text -o -E=text -c,--command=shell
  operands write command
  stop

script
  options  -a -c,--command=shell -e -f -q -t=text? -T=write -B=write -I=write -O=write
  operands write
  run      carriers.script

chroot
  options  --userspec=text --groups=text --skip-chdir
  operands text command
  traits   privileged
  stop

unshare
  options  -R,--root=text -w,--wd=enter -S,--setuid=text -G,--setgid=text --kill-child=text? --propagation=text
           --setgroups=text --map-user=text --map-group=text -r,--map-root-user -U,--user -m,--mount=text?
           -p,--pid=text? -f,--fork -n,--net=text? -i -u -C
  operands command
  traits   privileged
  stop

nsenter
  options  -t,--target=text -m,--mount=text? -u=text? -i=text? -n,--net=text? -p,--pid=text? -a,--all -r=text?
           -w=text? -S,--setuid=text -G,--setgid=text -F
  operands command
  traits   privileged
  stop

strace
  options  -a=text -b=text -e=text -E=text -f -ff -o=write -O=text -p=text -P=text -s=text -S=text -u=text
  operands command
  stop

ltrace
  options  -e=text -o=write -p=text -s=text -u=text
  operands command
  stop

valgrind
  options  --tool=text --log-file=write --leak-check=text --suppressions=read
  operands command
  stop

gdb
  options  -ex=text -x=run -p=text -batch --args
  operands run guess*
  single
  run      carriers.debugger

tmux
  options  -L=text -S=text -f=run -c=shell
  > new-session new new-window split-window respawn-pane neww splitw run-shell run
    options  -s=text -n=text -c=enter -d -A -x=text -y=text -t=text -e=text
    operands shell-words
    stop
    run      carriers.joined
  > send-keys send
    options  -t=text -l -N=text
    run      carriers.keys
  > ls list-sessions
    traits   read-only
  > kill-session
    options  -t=text
  > capture-pane
    options  -t=text -S=text -E=text -b=text -p
    traits   read-only

screen
  options  -S=text -c=run -d -m -D -R -r=text? -x -X=text -t=text -L -Logfile=write -h=text -p=text -s=text
  operands command
  stop

at batch
  options  -f=read -m -q=text -t=text -l -d -r
  run      carriers.later

hyperfine
  options  -w,--warmup=text -r,--runs=text -m=text -M=text -p,--prepare=shell -c,--cleanup=shell -s,--setup=shell
           --export-json=write --export-markdown=write -i -N -S,--shell=text -L=text -n=text --export-csv=write
           -P=text --style=text
  operands shell*

concurrently
  options  -n,--names=text -c,--prefix-colors=text -k,--kill-others -s,--success=text -p,--prefix=text -m=text
           -r,--raw
  operands shell*

cross-env
  stop
  run      carriers.env

nodemon
  options  -x,--exec=shell -e,--ext=text -w,--watch=text -i,--ignore=text
  operands run text*
"""
