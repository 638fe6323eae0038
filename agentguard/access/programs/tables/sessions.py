"""Terminals that go on, commands that run later or again: tmux(1), screen(1), at(1), script(1), watch(1), entr(1)."""

TABLE = r"""
tmux
  before   -L=text -S=text -f=tmuxfile -c=shell -T=text -2 -C -D -l -N -u -V -v
  run      tmux.run
  may      prints-environment
  > *
    run    tmux.run

screen
  options  -S=text -c=read -d -D -m -R -r=text? -x -X -t=text -T=text -L -Logfile=write -h=text -p=text -s=text -e=text
           -ls -list -wipe -q -U -Q -a -A -O -i -n -v
  stop
  run      tmux.screen

zellij
  options  -s,--session=text -c,--config=read -l,--layout=read --config-dir=text --data-dir=text
  > run r
    options  -c,--close-on-exit -d,--direction=text -f,--floating -i,--in-place -n,--name=text --cwd=enter
             -s,--start-suspended
    operands command
    stop
  > action
    >> write-chars
      operands shell
    >> *
  > ls list-sessions
    traits   read-only
  > *

at
  options  -f=script -m -M -q=text -t=text -l -d -r -c -v -V -b
  run      sessions.later

batch
  options  -f=script -m -q=text
  run      sessions.later

script
  options  -a,--append -c,--command=shell -e,--return -E,--echo=text -f,--flush --force -I,--log-in=write
           -O,--log-out=write -B,--log-io=write -T,--log-timing=write -m,--logging-format=text -o,--output-limit=text
           -q,--quiet -t=text? -F=write -k -p -r -d
  operands write command
  stop
  again

scriptreplay
  operands read*
  traits   read-only

asciinema
  > rec
    options  -c,--command=shell -i,--idle-time-limit=text -t,--title=text -e,--env=text --append --stdin --overwrite
             -q,--quiet -y,--yes --cols=text --rows=text -f,--output-format=text
    operands write
  > upload
    operands read
    traits   publishes
  > play cat
    operands read
    traits   read-only
  > auth

expect
  options  -b -c=tcl -d -D=text -f=tclfile -i -n -N -v
  stop
  run      sessions.expect

tclsh wish
  stop
  run      sessions.expect

watch
  options  -n,--interval=text -d,--differences=text? -t,--no-title -b,--beep -e,--errexit -g,--chgexit -c,--color
           -x,--exec -p,--precise -w,--no-wrap -q,--equexit=text -r,--no-rerun -s,--shotsdir=write
  operands joined
  instead  --exec command
  stop

watchexec
  options  -w,--watch=text -W,--watch-non-recursive=text -e,--exts=text -f,--filter=text -i,--ignore=text
           -o,--on-busy-update=text -s,--signal=text -d,--debounce=text --stop-signal=text --stop-timeout=text
           --shell=text -E,--env=variable --workdir=enter --project-origin=text --filter-file=read --ignore-file=read
           --delay-run=text --poll=text? --emit-events-to=text --fs-events=text --filter-prog=text -r,--restart
           -c,--clear=text? -p,--postpone -n -N,--notify -q,--quiet --no-vcs-ignore --no-project-ignore
           --no-global-ignore --no-default-ignore --no-discover-ignore --no-meta --only-emit-events -1 -v,--verbose
           --color=text --map-signal=text --socket=text --wrap-process=text --exit-on-error --completions=text
  operands joined
  stop

entr
  options  -a -c -d -n -p -r -s -x -z
  operands command
  instead  -s joined
  stop

reflex
  options  -r,--regex=text -R,--inverse-regex=text -g,--glob=text -G,--inverse-glob=text -c,--config=read
           -d,--decoration=text -s,--start-service --sequential -v,--verbose --all --only-dirs --only-files
           --substitute=text --shutdown-timeout=text
  operands command
  stop

onchange
  options  -a,--add -c,--change -d,--delay=text -e,--exclude-path=text -f,--filter=text -i,--initial -j,--jobs=text
           -k,--kill -o,--outpipe=shell -p,--poll=text -v,--verbose --await-write-finish=text --no-exclude
  run      carriers.behind

chokidar
  options  -c,--command=shell -d,--debounce=text -t,--throttle=text -i,--ignore=text -p,--polling --initial
           --poll-interval=text --silent --verbose

fswatch inotifywait
  options  -l,--latency=text -e,--exclude=text -i,--include=text -m,--monitor=text? --event=text --format=text
           --timefmt=text -t,--timeout=text -o,--outfile=write -r -1 -0 -x -q
  traits   read-only

hyperfine
  options  -w,--warmup=text -r,--runs=text -m,--min-runs=text -M,--max-runs=text -p,--prepare=shell -c,--cleanup=shell
           -s,--setup=shell --conclude=shell --reference=shell --reference-name=text --export-json=write
           --export-markdown=write --export-csv=write --export-asciidoc=write --export-orgmode=write -i,--ignore-failure
           -N -S,--shell=text -L,--parameter-list=text+text -P,--parameter-scan=text+text+text
           -D,--parameter-step-size=text -n,--command-name=text --style=text --time-unit=text -u --sort=text
           --output=text --input=read --show-output
  operands shell*

concurrently
  options  -n,--names=text -c,--prefix-colors=text -k,--kill-others --kill-others-on-fail --kill-signal=text
           -s,--success=text -p,--prefix=text -m,--max-processes=text -r,--raw -l,--prefix-length=text
           -t,--timestamp-format=text -i,--handle-input --default-input-target=text --restart-tries=text
           --restart-after=text --hide=text -g,--group --teardown=shell -P,--passthrough-arguments --no-color
           --name-separator=text --pad-prefix --timings --cwd=enter --shell=text
  operands shell*

nodemon
  options  -x,--exec=shell -e,--ext=text -w,--watch=text -i,--ignore=text --config=read -d,--delay=text -s,--signal=text
           --cwd=enter -L,--legacy-watch -q,--quiet -V,--verbose -C,--on-change-only -I,--no-stdin -r,--require=run
           --inspect=text? --spawn
  operands run text*
  stop
  run      sessions.watches

start-server-and-test start-test server-test
  run      sessions.serves_and_tests

wait-on
  options  -c,--config=read -d,--delay=text -i,--interval=text -l,--log -r,--reverse -s,--simultaneous=text
           -t,--timeout=text --httpTimeout=text --tcpTimeout=text -v,--verbose -w,--window=text
  traits   read-only
"""
