"""Processes, services and users: ps(1), kill(1), systemctl(1), launchctl(1), crontab(1)."""

TABLE = r"""
ps
  options  -o=text -p=text -u=text -U=text -C=text -t=text -G=text --sort=text --format=text
  run      processes.lists

top
  options  -b -n=text -d=text -p=text -u=text -o=text -l=text -s=text -w=text?
  traits   read-only

htop btop pstree pidof free vmstat iostat dmesg log lscpu lsblk lspci lsusb
  traits   read-only

pgrep
  options  -f,--full -l -a -u=text -x -n -o -P=text
  traits   read-only

lsof
  options  -i=text? -p=text -t -n -P -u=text -c=text -s=text? -a
  traits   read-only

fuser
  options  -k,--kill!signals -n=text -s -v -m

journalctl
  options  -u,--unit=text -n,--lines=text -f -p=text --since=text --until=text -o=text -b=text?
           --vacuum-time=text!destroys-data --vacuum-size=text!destroys-data

sysctl
  options  -w!privileged -a -n -p=read?

kill pkill killall
  options  -s,--signal=text -f,--full -x,--exact -u,--euid=text -U=text -P,--parent=text -g=text -t=text -n,--newest
           -o,--oldest -q -e -i -v -w -I -r -y=text -l
  run      processes.signals

kill-port
  traits   signals

renice
  options  -n=text -p=text -u=text

systemctl
  options  --user --system -q -t,--type=text -p,--property=text --state=text -H=text -M=text -n=text -o=text --now
           -f,--force --no-pager --signal=text
  > status show list-units list-unit-files list-timers is-active is-enabled is-failed cat list-dependencies \
      get-default help list-sockets list-jobs
    traits   read-only
  > start stop restart reload enable disable mask unmask kill daemon-reload edit set-property isolate try-restart \
      reload-or-restart reset-failed revert link preset poweroff reboot halt suspend set-default import-environment \
      set-environment
    traits   controls-service

service
  options  --status-all
  run      processes.service

launchctl
  > list print blame version getenv help dumpstate
    traits   read-only
  > bootout bootstrap load unload start stop kickstart enable disable remove kill setenv submit
    traits   controls-service

supervisorctl
  > status tail
    traits   read-only
  > stop start restart shutdown reload
    traits   controls-service

pm2
  > list ls logs status show
    traits   read-only
  > delete kill stop restart
    traits   controls-service

shutdown reboot halt poweroff
  traits   controls-service

crontab
  options  -l,--list -e,--edit -r,--remove!destroys-data -u,--user=text -i
  run      processes.crontab

useradd userdel usermod groupadd groupdel passwd chpasswd ufw firewall-cmd nft modprobe
  traits   privileged
"""
