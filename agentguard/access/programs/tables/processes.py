"""Processes and services: ps(1), kill(1), systemctl(1), launchctl(1), crontab(1), journalctl(1) and kin."""

TABLE = r"""
ps
  options  -o=text -p=text -u=text -U=text -C=text -t=text -G=text --sort=text --format=text
  run      processes.lists
  may      prints-environment

top
  options  -b -n=text -d=text -p=text -u=text -o=text -l=text -s=text -w=text?
  traits   read-only

htop btop pstree free vmstat iostat lscpu lsblk lspci lsusb mpstat sar iotop iftop nethogs glances pmap vm_stat \
    sw_vers system_profiler lshw hwinfo inxi acpi sensors nvidia-smi rocm-smi lsmod last w who users finger ipcs \
    findmnt blkid getconf
  traits   read-only

getent
  options  -s,--service=text -i,--no-idn -A,--no-addrconfig
  operands text*
  traits   read-only
  run      network.looks_up
  may      computed-address sends

dmesg
  options  -C,--clear!destroys-data -c,--read-clear!destroys-data -T -w -H -l,--level=text -f,--facility=text -r
           -F,--file=read -K,--kmsg-file=read -n,--console-level=text -s,--buffer-size=text --time-format=text
           --since=text --until=text -L,--color=text?
  traits   read-only^--clear,--read-clear

log
  > show stream stats collect
    options  --predicate=text --last=text --style=text --output=write
    traits   read-only
  > erase
    traits   destroys-data
  > config

pidof
  options  -s -x -o=text
  traits   read-only
  output   processes

pgrep
  options  -f,--full -l -a -u=text -x -n -o -P=text -c -v -i -d=text
  traits   read-only
  output   processes

lsof
  options  -i=text? -p=text -t -n -P -u=text -c=text -s=text? -a
  traits   read-only

fuser
  options  -k,--kill!signals -n=text -s -v -m

journalctl
  options  -u,--unit=text -n,--lines=text -f -p=text --since=text --until=text -o=text -b=text? -x -e -k -r --user
           --vacuum-time=text!destroys-data --vacuum-size=text!destroys-data --vacuum-files=text!destroys-data
           --rotate --flush --no-pager -t=text -D=read --file=read -g=text

coredumpctl loginctl
  > list info debug show list-sessions list-users list-seats session-status user-status
    options  -o,--output=write
    traits   read-only
  > dump
    options  -o,--output=write
  > terminate-user kill-user
    options  -s,--signal=text --kill-whom=text
    traits   controls-service discards-work
    run      processes.everybody
  > terminate-session kill-session lock-sessions
    traits   controls-service discards-work
  > enable-linger disable-linger attach activate
    traits   controls-service

sysctl
  options  -w,--write!privileged -a -n -p=read? --system!privileged -q
  run      machine.kernel

kill pkill killall skill
  options  -s,--signal=text -f,--full -x,--exact -u,--euid=text -U=text -P,--parent=text -g=text -t=text -n,--newest
           -o,--oldest -q -e -i -v -w -I -r -y=text -l
  run      processes.signals
  may      discards-work signals

killall5
  traits   signals discards-work
  run      processes.everybody

xkill
  traits   signals discards-work

kill-port fkill
  options  --force -f --silent
  traits   signals

renice
  options  -n=text -p=text -u=text

systemctl
  options  --user --system -q -t,--type=text -p,--property=text --state=text -H,--host=text -M,--machine=text -n=text
           -o=text --now -f,--force --no-pager --signal=text --root=text -a -r --runtime --full --kill-who=text
  > status show list-units list-unit-files list-timers is-active is-enabled is-failed cat list-dependencies \
      get-default help list-sockets list-jobs is-system-running list-automounts
    traits   read-only
  > show-environment
    traits   prints-environment
  > enable link reenable preset add-wants add-requires
    operands text*
    traits   controls-service
    run      processes.units
  > edit
    options  --full --stdin --drop-in=text
    traits   controls-service
    run      processes.edits
  > start stop restart reload disable mask unmask kill daemon-reload set-property isolate try-restart \
      reload-or-restart reset-failed revert poweroff reboot halt suspend set-default import-environment \
      set-environment hibernate rescue emergency kexec switch-root daemon-reexec freeze thaw clean unset-environment
    traits   controls-service
    run      processes.stops
  > exit
    traits   controls-service
    run      processes.everybody

service rc-service sv s6-svc
  options  --status-all
  run      processes.service
  may      controls-service

update-rc.d chkconfig rc-update insserv
  options  --list!read-only -f
  traits   controls-service

launchctl
  > list print blame version help dumpstate print-disabled managername procinfo hostinfo
    traits   read-only
  > getenv export
    traits   prints-environment
  > bootout bootstrap load unload start stop kickstart enable disable remove kill submit reboot
    options  -w -F -k -p
    operands guess*
    traits   controls-service
  > setenv unsetenv config
    traits   controls-service

supervisorctl
  options  -c=read -s=url -u=text -p=text
  > status tail avail pid
    traits   read-only
  > stop start restart shutdown reload update reread remove add signal clear
    traits   controls-service

supervisord monit circusd
  options  -c=read -n -l=write

pm2 forever
  options  --name=text -i=text --watch --env=text -f --cron=text -o=write -e=write --interpreter=text
  > list ls logs status show monit describe jlist prettylist info
    traits   read-only
  > env
    traits   prints-environment
  > delete kill stop restart reload stopall restartall flush reset
    traits   controls-service
  > startup unstartup save resurrect
    traits   controls-service
  > start
    operands run text*
  > install deploy serve

shutdown reboot halt poweroff
  options  -c!read-only -k!read-only -w!read-only -r -h -P -H -f -n
  traits   controls-service

init telinit
  traits   controls-service

crontab
  options  -l,--list -e,--edit -r,--remove!destroys-data -u,--user=text -i
  run      processes.crontab
  may      controls-service
"""
