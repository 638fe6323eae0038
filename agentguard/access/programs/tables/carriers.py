"""Programs that run the command behind their options. Manual pages of section 1; chroot(8), sudo(8), su(1)."""

TABLE = r"""
sudo
  options  -A,--askpass -b,--background -B,--bell -C,--close-from=text -D,--chdir=enter -E --preserve-env=text?
           -e,--edit -g,--group=text -H,--set-home -h,--host=text -i,--login -k,--reset-timestamp
           -K,--remove-timestamp -l,--list -N,--no-update -n,--non-interactive -P,--preserve-groups -p,--prompt=text
           -R,--chroot=text -r,--role=text -S,--stdin -s,--shell -T,--command-timeout=text -t,--type=text
           -U,--other-user=text -u,--user=text -V,--version -v,--validate --help
  traits   privileged^--list,--version,--help
  stop
  run      carriers.sudo

sudoedit
  options  -A -D,--chdir=enter -g,--group=text -h,--host=text -n -p,--prompt=text -R,--chroot=text -S -u,--user=text
  operands edit*
  traits   privileged

doas
  options  -a=text -C=read -L -n -s,--shell -u=text
  traits   privileged
  stop
  run      carriers.sudo

pkexec
  options  --user=text --disable-internal-agent --keep-cwd --version
  operands command
  traits   privileged^--version
  stop

su
  options  -c,--command=text --session-command=text -g,--group=text -G,--supp-group=text -l,--login
           -m,-p,--preserve-environment -P,--pty -s,--shell=text -w,--whitelist-environment=text
  traits   privileged
  run      carriers.su

runuser
  options  -c,--command=text --session-command=text -u,--user=text -g,--group=text -G,--supp-group=text -l,--login
           -s,--shell=text -w,--whitelist-environment=text
  traits   privileged
  stop
  run      carriers.su

gosu su-exec
  operands text command
  traits   privileged
  stop

run0
  options  --unit=text --property=text --description=text --slice=text -u,--user=text -g,--group=text --nice=text
           -D,--chdir=enter --setenv=variable --background=text --machine=text --pty --pipe --via-shell -i
  operands command
  traits   privileged
  stop

chpst setuidgid s6-setuidgid envuidgid softlimit setlock
  options  -u=text -U=text -b=text -e=text -/=text -n=text -l=write -L=write -m=text -d=text -o=text -p=text -f=text
           -c=text -r=text -t=text -C=enter -v -P -0 -1 -2
  run      carriers.daemontools
  stop

arch
  options  -arch=text -d=text -e=variable -c -h -x86_64 -arm64 -arm64e -i386 -32 -64
  operands command
  single
  stop

ld.so ld-linux.so.2 ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-musl-x86_64.so.1 ld-musl-aarch64.so.1
  options  --library-path=text --preload=run --argv0=text --audit=run --inhibit-rpath=text --glibc-hwcaps-prepend=text
           --list --verify --inhibit-cache --list-tunables --list-diagnostics --help --version
  operands command
  instead  --list read
  instead  --verify read
  stop

zargs
  options  -n,--max-args=text -P,--max-procs=text -i,--replace=text? -I=text -t,--verbose -r -L=text -l=text? -e,--eof=text?
  stop
  run      repeats.zargs

sg
  options  -c,--command=shell
  operands text joined
  stop
  again

setpriv
  options  --ambient-caps=text --apparmor-profile=text --bounding-set=text --egid=text --euid=text --groups=text
           --inh-caps=text --landlock-access=text --landlock-rule=text --pdeathsig=text --regid=text --reuid=text
           --rgid=text --ruid=text --seccomp-filter=read --securebits=text --selinux-label=text -d,--dump
           --clear-groups --init-groups --keep-groups --nnp,--no-new-privs --reset-env
  operands command
  traits   privileged^--dump
  stop

capsh
  traits   privileged
  run      carriers.capsh

runcon
  options  -c,--compute -l,--range=text -r,--role=text -t,--type=text -u,--user=text
  operands text^--compute,--range,--role,--type,--user command
  stop

env
  options  -a,--argv0=text -i,--ignore-environment -0,--null -u,--unset=text -C,--chdir=enter -S,--split-string=text
           --block-signal=text? --default-signal=text? --ignore-signal=text? --list-signal-handling -P=text -v,--debug
  stop
  run      carriers.env
  may      prints-environment

cross-env
  stop
  run      carriers.env

cross-env-shell
  stop
  run      carriers.env

env-cmd
  options  -f,--file=text -e,--environments=text -r,--rc-file=read --fallback --no-override --silent -x,--expand-envs
           --use-shell
  operands command
  stop

nice
  options  -n,--adjustment=text
  operands command
  stop

ionice
  options  -c,--class=text -n,--classdata=text -p,--pid=text -P,--pgid=text -t,--ignore -u,--uid=text
  operands command
  instead  --pid text*
  stop

chrt
  options  -a,--all-tasks -b,--batch -d,--deadline -f,--fifo -i,--idle -m,--max -o,--other -p,--pid -r,--rr
           -R,--reset-on-fork -T,--sched-runtime=text -P,--sched-period=text -D,--sched-deadline=text -v
  stop
  run      carriers.ranked

taskset
  options  -a,--all-tasks -c,--cpu-list -p,--pid
  operands text command
  instead  --pid text*
  stop

setarch linux32 linux64 i386 x86_64 uname26
  options  -B,--32bit -F,--fdpic-funcptrs -I,--short-inode -L,--addr-compat-layout -R,--addr-no-randomize
           -S,--whole-seconds -T,--sticky-timeouts -X,--read-implies-exec -Z,--mmap-page-zero -3 --3gb -4 --4gb
           --uname-2.6 -v,--verbose --list
  stop
  run      carriers.ranked

prlimit
  options  -p,--pid=text -o,--output=text --noheadings --raw --verbose
  operands command
  instead  --pid text*
  stop

numactl
  options  -i,--interleave=text -N,--cpunodebind=text -C,--physcpubind=text -m,--membind=text -p,--preferred=text
           -b,--balancing -l,--localalloc -s,--show -H,--hardware -a,--all
  operands command
  stop

cgexec
  options  -g=text --sticky -b
  operands command
  stop

cpulimit
  options  -l,--limit=text -p,--pid=text -e,--exe=text -b -f -k -r -m -i -z -v -q -c=text
  operands command
  stop

nohup chronic ifne rlwrap eatmydata nocache torify torsocks tsocks proxychains proxychains4 catchsegv \
  systemd-inhibit dbus-launch winpty dumb-init
  options  -f=read -n -q -e -v --what=text --who=text --why=text --mode=text
  operands command
  stop

tini
  options  -p=text -e=text -s -v -w -g -l
  operands command
  stop

tsp
  options  -L=text -N=text -D=text -W=text -n -f -m -d -B -E -l -C
  operands command
  stop

sem
  options  -j,--jobs=text --id=text --fg --bg --wait --st=text --semaphoretimeout=text
  operands joined
  stop

faketime
  options  -f -m -p=text --exclude-monotonic
  operands text command
  stop

busybox toybox
  options  --list --list-full --install -s
  operands command
  instead  --install write
  stop

repeat
  operands text command
  stop

timeout gtimeout timelimit
  options  -f,--foreground -k,--kill-after=text -p,--preserve-status -s,--signal=text -v,--verbose -t=text -T=text
           -S=text
  operands text^-t command
  stop

stdbuf gstdbuf
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
  options  -f,--format=text -o,--output=write -a,--append -p,--portability -v,--verbose -l -q,--quiet
  operands command
  stop

caffeinate
  options  -d -i -m -s -u -t=text -w=text
  operands command
  stop

systemd-run
  options  --unit=text -u=text -p,--property=text -E,--setenv=variable --uid=text --gid=text --slice=text
           --working-directory=enter --on-active=text!controls-service --on-boot=text!controls-service
           --on-startup=text!controls-service --on-unit-active=text!controls-service
           --on-unit-inactive=text!controls-service --on-calendar=text!controls-service --timer-property=text
           --path-property=text
           --socket-property=text --description=text --service-type=text --nice=text --background=text
           --job-mode=text -d,--same-dir -t,--pty --user --scope -q,--quiet -G,--collect -P,--pipe --wait
           -r,--remain-after-exit -S,--shell -M,--machine=text -H,--host=host --no-block --no-ask-password
           --send-sighup --slice-inherit --expand-environment=text --ignore-failure
  operands command
  traits   privileged^--user
  first    processes.timed
  stop

start-stop-daemon
  options  -S,--start -K,--stop -x,--exec=text -a,--startas=text -p,--pidfile=write -n,--name=text -u,--user=text
           -g,--group=text -c,--chuid=text -r,--chroot=text -d,--chdir=enter -s,--signal=text -R,--retry=text
           -b,--background -m,--make-pidfile -o,--oknodo -q,--quiet -t,--test -N,--nicelevel=text -k,--umask=text
           -O,--output=write
  traits   controls-service
  run      carriers.daemon

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

emulate
  options  -c=shell -L -R
  operands text*

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
           -r,--no-run-if-empty -R=text -J=text -S=text -s,--max-chars=text -t,--verbose -x,--exit
           --process-slot-var=text --show-limits
  stop
  run      repeats.xargs

parallel
  options  -0,--null -a,--arg-file=read -A -d,--delimiter=text -C,--colsep=text -E=text -I=text -i=text? -U=text
           -j,-P,--jobs,--max-procs=text -k,--keep-order -n,--max-args=text -N,--max-replace-args=text -L=text -l=text?
           -q,--quote -r,--no-run-if-empty -S,--sshlogin=text --sshloginfile,--slf=read --basefile,--bf=read
           --transfer --transferfile,--tf=text --return=text --cleanup --joblog=write --results=write --files
           --timeout=text --bar --dry-run --halt=text --pipe --pipepart --block=text --recstart=text --recend=text
           --tmpdir=text --will-cite --citation -m -X --progress --eta --delay=text --env=text --load=text
           --memfree=text --nice=text --retries=text --seqreplace=text --shuf --tag --tagstring=text --tmux --tty
           --wd,--workdir=text --onall --nonall -u,--ungroup --lb,--line-buffer -t,--verbose -v --link --plus
           --rpl=text --group --resume --resume-failed --semaphore --id=text --header=text --bg --fg
           -s,--max-chars=text --max-line-length-allowed --shebang --trim=text --limit=shell --filter=text
  stop
  run      repeats.parallel
  may      sends

pee
  operands shell*

mispipe
  operands shell*

sponge
  options  -a
  operands write

vipe
  options  --suffix=text

flock
  options  -s,--shared -x,-e,--exclusive -n,--nonblock -u,--unlock -w,--wait,--timeout=text -o,--close
           -E,--conflict-exit-code=text -c,--command=shell -F,--no-fork --verbose --fcntl
  stop
  again
  run      carriers.flock

chroot
  options  --userspec=text --groups=text --skip-chdir -G=text -g=text -u=text -n
  traits   privileged
  stop
  run      carriers.chroot

unshare
  options  -R,--root=text -w,--wd=enter -S,--setuid=text -G,--setgid=text --kill-child=text? --propagation=text
           --setgroups=text --map-user=text --map-group=text --map-users=text --map-groups=text --map-auto
           -c,--map-current-user -r,--map-root-user -U --user=text? -m --mount=text? -p --pid=text? -f,--fork -n
           --net=text? -i --ipc=text? -u --uts=text? -C --cgroup=text? -T --time=text? --mount-proc=text?
           --mount-binfmt=text? -l,--load-interp=read --monotonic=text --boottime=text --owner=text --keep-caps
  traits   privileged
  stop
  run      carriers.or_shell

nsenter
  options  -t,--target=text -m,--mount=text? -u,--uts=text? -i,--ipc=text? -n,--net=text? -p,--pid=text? -C,--cgroup=text?
           -U,--user=text? -T,--time=text? -a,--all -r,--root=text? -w,--wd=text? -W,--wdns=text -S,--setuid=text
           -G,--setgid=text -F,--no-fork -Z,--follow-context -e,--env -c,--join-cgroup --preserve-credentials
           --keep-caps
  traits   privileged
  stop
  run      carriers.nsenter

bwrap
  options  --args=text --argv0=text --level-prefix --userns=text --userns2=text --pidns=text --uid=text --gid=text
           --hostname=text --chdir=text --unsetenv=text --setenv=text+text --lock-file=text --sync-fd=text
           --bind=text+text --bind-try=text+text --dev-bind=text+text --dev-bind-try=text+text --ro-bind=text+text
           --ro-bind-try=text+text --bind-fd=text+text --ro-bind-fd=text+text --remount-ro=text --exec-label=text
           --file-label=text --proc=text --dev=text --tmpfs=text --mqueue=text --dir=text --file=text+text
           --bind-data=text+text --ro-bind-data=text+text --symlink=text+text --chmod=text+text --seccomp=text
           --add-seccomp-fd=text --block-fd=text --userns-block-fd=text --info-fd=text --json-status-fd=text
           --cap-add=text --cap-drop=text --perms=text --size=text --overlay-src=text --overlay=text+text+text
           --tmp-overlay=text --ro-overlay=text --unshare-all --share-net --unshare-user --unshare-user-try
           --unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup --unshare-cgroup-try
           --disable-userns --assert-userns-disabled --clearenv --new-session --die-with-parent --as-pid-1
  operands command
  stop

firejail
  options  --profile=read --output=write --output-stderr=write --list --tree --top
  operands command
  stop

proot
  options  -r,--rootfs=text -b,-m,--bind,--mount=text -q,--qemu=shell -w,--pwd,--cwd=text -v,--verbose=text -0,--root-id
           -i,--change-id=text -R=text -S=text -k,--kernel-release=text -p=text -n -l --kill-on-exit
  operands command
  stop

fakeroot fakechroot
  options  -l,--lib=read --faked=run -s=write -i=read -u,--unknown-is-real -b,--fd-base=text -d=text -e=text
           -c,--config-dir=text
  operands command
  stop

dbus-run-session
  options  --config-file=read --dbus-daemon=shell
  operands command
  stop

xvfb-run
  options  -a,--auto-servernum -e,--error-file=write -f,--auth-file=write -l,--listen-tcp -n,--server-num=text
           -p,--xauth-protocol=text -s,--server-args=text -w,--wait=text
  operands command
  stop

run-parts
  options  --test --list -a,--arg=text -u,--umask=text --regex=text --lsbsysinit --new-session --report --reverse
  operands run
  tree     always
  instead  --test look*
  instead  --list look*

sshpass
  options  -f=text -d=text -p=text -e -P=text -v
  operands command
  stop

xterm konsole gnome-terminal alacritty kitty uxterm
  options  -T,--title=text -e,--command=rest --working-directory=enter
  stop
  run      carriers.terminal
"""
