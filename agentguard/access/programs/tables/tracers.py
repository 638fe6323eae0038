"""Debuggers, tracers and profilers, which start what they look at. gdb(1), lldb(1), strace(1), perf(1), valgrind(1)."""

TABLE = r"""
strace
  options  -a,--columns=text -b,--detach-on=text -c,--summary-only -C,--summary -d,--debug -D,--daemonize=text?
           -e,--trace=text -E,--env=variable -f,--follow-forks -F --inject=text --fault=text --signal=text -i,-k -h
           -I,--interruptible=text -o,--output=tracefile -O,--summary-syscall-overhead=text -p,--attach=text
           -P,--trace-path=text -q,--quiet=text? -r --relative-timestamps=text? -s,--string-limit=text
           -S,--summary-sort-by=text -t -T -u,--user=text -U,--summary-columns=text -v -V -w -x -X,--const-print-style=text
           -y -Y -z -Z
  stop
  run      debuggers.strace

ltrace
  options  -a=text -A=text -b -c -C -D=text -e=text -f -F=read -i -l=text -n=text -o,--output=write -p=text -r -s=text -S -t
           -T -u=text -V -w=text -x=text
  operands command
  stop

dtruss dtrace
  options  -a -b=text -c=shell -d -e -f -l -n=text -o=write -p=text -s=read -t=text -q -w -Z
  operands command
  traits   privileged
  instead  -n text*
  instead  -s text*
  stop

bpftrace
  options  -e=awkish -c=shell -p=text -l -o=write -f=text -B=text -I=read --include=read --unsafe -d -v
  operands read
  traits   privileged^-l
  run      debuggers.bpftrace

valgrind
  options  --tool=text --log-file=write --xml-file=write --leak-check=text --suppressions=read -v -q
  operands command
  stop

callgrind_annotate ms_print cg_annotate
  operands read*
  traits   read-only

heaptrack
  options  -o,--output=write -p,--pid=text --record-only -r,--raw --analyze=read -a=read --use-inject
  operands command
  stop

rr
  > record
    options  -o,--output-trace-dir=write -n -c=text -h -s -w -M -v,--env=variable
    operands command
    stop
  > replay
    options  -x=run -d,--debugger=run -o=text -s=text -k -p=text -f=text -g=text -e -a,--autopilot -M
    operands read
  > ls ps sources traceinfo dump
    traits   read-only
  > rm
    traits   destroys-data
  > *
    operands command
    stop

perf
  > record stat trace top
    options  -a -A -b -B -C,--cpu=text -c,--count=text -d -D,--delay=text -e,--event=text -F,--freq=text -g -G,--cgroup=text
             -I,--interval-print=text --call-graph=text -m,--mmap-pages=text -M=text -n -N -o,--output=write -p,--pid=text
             -P -q -r,--repeat=text -R -s -S -t,--tid=text -T -u,--uid=text -v -w -W -x,--field-separator=text
             --post=shell --pre=shell --filter=text --max-size=text --sort=text -k=text
    operands command
    instead  --pid text*
    stop
  > mem c2c sched lock kmem kvm kwork
    >> record
      options  -e,--event=text -a -o,--output=write -p,--pid=text -t,--type=text
      operands command
      stop
    >> report latency map script stat timehist info contention
      options  -i,--input=read
      traits   read-only
  > script
    options  -s,--script=run -i,--input=read -F,--fields=text -g,--gen-script=text -l,--list
    operands text*
  > report annotate diff buildid-list evlist
    options  -i,--input=read -F,--fields=text -s,--sort=text -n -g=text? --stdio --objdump=run --addr2line=run
    traits   read-only
  > bench list test probe version config data archive

uftrace
  > record live
    options  -d,--data=write -F=text -N=text -D=text -S,--script=run -P,--patch=text -A=text -R=text -T=text -t=text
    operands command
    stop
  > replay report graph dump info tui script
    options  -d,--data=read -S,--script=run
  > *
    operands command
    stop

austin
  options  -o,--output=write -p,--pid=text -i,--interval=text -t,--timeout=text -x,--exposure=text -C,--children -b,--binary
           -c,--cpu -f,--full -g,--gc -m,--memory -P,--pipe -s,--sleepless -w,--where=text
  operands command
  instead  --pid text*
  stop

samply py-spy
  > dump
    options  -p,--pid=text -l,--locals -n,--native -s,--subprocesses -j,--json
  > record top
    options  -o,--output=write -p,--pid=text -r,--rate=text -d,--duration=text -f,--format=text -s,--subprocesses -n
             -F,--function -i,--idle -g -t -l --native --save-only --no-open -P,--port=text
    operands command
    instead  --pid text*
    stop
  > load import setup
    operands read
  > *
    operands command
    stop

scalene
  options  --outfile=write --cpu --gpu --memory --html --json --cli --web --profile-all --reduced-profile
           --profile-interval=text --profile-only=text --profile-exclude=text
  operands run text*
  stop

gcore
  options  -a -o=write
  traits   prints-environment

gdb gdb-multiarch
  options  -ex,-eval-command,--ex,--eval-command=gdb -iex,-init-eval-command,--iex=gdb -eiex=gdb -x,-command,--command=gdbfile
           -ix,-init-command,--ix=gdbfile -p,-pid,--pid=text -batch,--batch -batch-silent -args,--args -c,-core,--core=read
           -s,-symbols,--symbols=read -e,-exec,--exec=read -se,--se=read -d,-directory,--directory=text -cd,--cd=enter
           -D,-data-directory,--data-directory=run -q,-quiet,--quiet -n,-nx,--nx -nh -nw -w -i,-interpreter,--interpreter=text
           -t,-tty,--tty=text -tui -b=text -l=text -return-child-result -version,--version -readnow -readnever -iex=gdb
  single
  stop
  run      debuggers.gdb
  may      prints-environment signals

lldb
  options  -o,--one-line=lldb -O,--one-line-before-file=lldb -s,--source=lldbfile -S,--source-before-file=lldbfile
           -k,--one-line-on-crash=lldb -K,--source-on-crash=lldbfile -b,--batch -p,--attach-pid=text -n,--attach-name=text
           -c,--core=read -f,--file=read -a,--arch=text -w,--wait-for -Q,--source-quietly -x,--no-lldbinit -X -r=text?
           -l,--script-language=text -e,--editor -P,--python-path -v --repl=text? --repl-language=text
  stop
  run      debuggers.lldb

delve dlv
  options  --headless --listen=listen --api-version=text --accept-multiclient --log --log-output=text --init=run
           --check-go-version --build-flags=text --wd=enter --backend=text -r=text --continue --output=write
           --allow-non-terminal-interactive=text --only-same-user
  > exec
    operands run text*
    stop
  > *
"""
