"""The machine itself: users and rights, kernel, firewall, clock, what guards it; and what hands it to others."""

TABLE = r"""
useradd adduser userdel deluser usermod groupadd groupdel groupmod gpasswd addgroup delgroup newusers chage vipw vigr
  options  -m -r -s=text -g=text -G=text -aG=text -u=text -d=text -c=text -p=text -l,--list -e=text
  traits   privileged

passwd
  options  -S,--status!read-only -l -u -d -e -x=text
  traits   privileged

chpasswd chsh chfn
  options  -s=text -l!read-only
  traits   privileged

visudo
  options  -c,--check!read-only -f,--file=read -q -s
  traits   privileged

dscl
  may      privileged
  > . localhost /Local/Default
    options  -read -list
    run      machine.directory

sysadminctl dseditgroup pwpolicy fdesetup
  options  -o=text -a=text -t=text
  single
  run      machine.by_verb
  may      privileged

profiles systemsetup scutil pmset networksetup tmutil diskutil
  options  -plist
  run      machine.by_verb
  may      destroys-data privileged

setcap
  options  -r,--remove -v!read-only -q -n=text
  operands text write
  traits   privileged

getcap
  options  -r
  traits   read-only

setenforce
  traits   privileged

semanage setsebool semodule restorecon chcon apparmor_parser aa-disable aa-complain aa-enforce aa-status
  options  -l,--list!read-only -n!read-only -R -P -i=read
  run      machine.guards
  may      privileged

auditctl
  options  -l!read-only -s!read-only -e=text -D -w=text -a=text -R=read
  traits   privileged

csrutil spctl
  options  -a,--assess!read-only --status!read-only -v --master-disable --global-disable -t=text --type=text
  run      machine.guards
  may      privileged

tccutil kextload kextunload kmutil nvram bless
  options  -p!read-only -x
  traits   privileged

insmod rmmod modprobe
  options  -n,--dry-run!read-only -r -v -a --show-depends!read-only
  traits   privileged

kexec
  options  -l=read -e -p=read --command-line=text
  traits   controls-service privileged

xhost
  run      machine.display
  may      privileged

iptables ip6tables iptables-restore iptables-save ebtables arptables
  options  -L,--list!read-only -S,--list-rules!read-only -n -v -t,--table=text -F,--flush -A,--append=text -D,--delete=text
           -I=text -P,--policy=text -X=text? -N=text -p=text -s=text -d=text -j=text -m=text -i=text -o=text
           --dport=text --sport=text --line-numbers
  traits   privileged

nft
  options  -f=read -c,--check!read-only -a
  > list
    traits   read-only
  > *
    traits   privileged

ufw firewall-cmd pfctl
  options  --dry-run!read-only --list-all!read-only --state!read-only --get-active-zones!read-only -s=text!read-only
           --list-ports!read-only --list-services!read-only -f=read
  traits   privileged
  > status show version app
    traits   read-only
  > disable reset enable allow deny delete reload default reject limit insert

timedatectl hostnamectl localectl
  > status show list-timezones timesync-status show-timesync list-locales list-keymaps chassis
    traits   read-only
  > set-time set-timezone set-ntp set-local-rtc set-hostname set-locale set-keymap set-chassis hostname
    traits   privileged

hwclock ntpdate sntp
  options  -r,--show!read-only -q!read-only -w,--systohc -s,--hctosys --set --date=text
  traits   privileged

chronyc ntpq
  options  -p!read-only -n
  > tracking sources sourcestats activity
    traits   read-only
  > *
    traits   privileged

update-alternatives alternatives
  options  --display=text!read-only --list=text!read-only --query=text!read-only --get-selections!read-only
           --config=text --set=text --install=text --remove=text
  traits   privileged

ldconfig
  options  -p,--print-cache!read-only -v -n
  traits   privileged

mkswap
  options  -c -f,--force -p=text -L=text -U=text -v=text -o=text -e=text -q -V!read-only
  run      disks.formats
  may      destroys-data

grub-install
  options  -v --boot-directory=text --root-directory=text --target=text --efi-directory=text --bootloader-id=text --force
           --recheck --removable --no-nvram --modules=text -d=text --directory=text --themes=text --locales=text
           -h,--help!read-only -V!read-only
  operands write
  traits   privileged

swapoff swapon zramctl fsfreeze
  options  -s!read-only --show!read-only -a -l!read-only --summary!read-only -j=text!read-only
  traits   privileged

losetup
  options  -a,--all!read-only -l,--list!read-only -j=text!read-only -d=text -f --show
  traits   privileged

dpkg-reconfigure update-initramfs update-grub grub-mkconfig dracut depmod efibootmgr mokutil plymouth
  options  -v -o=write -u -c -k=text --list-enrolled!read-only --sb-state!read-only
  traits   privileged

flashrom fwupdmgr nvme hdparm smartctl ipmitool
  options  -w,--write=read!destroys-data -E,--erase!destroys-data -r,--read=write -p=text -i -a -A -H -d=text
           --security-erase=text!destroys-data
  > get-devices get-updates list id-ctrl smart-log
    traits   read-only
  > format sanitize
    traits   destroys-data
  > update install
    traits   privileged
  > power chassis
    traits   controls-service

nmcli
  options  -s,--show-secrets!prints-environment -g=text -f=text -t -p -m=text -w=text
  run      machine.by_verb
  may      privileged

ip
  options  -b,-batch=read -force -n,-netns=text -f,-family=text -rc,-rcvbuf=text -l,-loops=text
  single
  run      machine.by_verb
  may      privileged

resolvectl networkctl ifconfig route arp brctl ethtool iw iwconfig airport nettop
  run      machine.by_verb
  may      privileged

defaults
  > read read-type find domains export
    operands text text*
    traits   read-only
  > write import delete rename
    options  -g -app=text -array -string -bool -int
    run      machine.preferences

fastboot
  options  -s=text -w!destroys-data
  > devices getvar
    traits   read-only
  > flash flashall oem
    operands text read
    traits   destroys-data
  > erase format
    traits   destroys-data
  > reboot
    traits   controls-service

ttyd gotty tmate sshx upterm wetty shellinaboxd x11vnc vncserver x0vncserver
  options  -p,--port=text -a,--address=text -i=text -b=text -W -w -c=text -S=read -F -s=text -rfbauth=read -nopw
  run      machine.shares
  may      publishes

tailscale bore frpc chisel localtunnel lt zrok pagekite serveo expose localhost.run
  options  -c=read -p,--port=text --to=text -s=text --subdomain=text -t=text
  run      machine.tunnels
  may      publishes

darkhttpd twistd webfsd thttpd mini_httpd lighttpd miniserve simple-http-server live-server browser-sync dockerd \
    jupyter jupyter-lab jupyter-notebook redis-sentinel
  options  --ip=text --host=text --bind=text --address=text --addr=text -i,--interfaces=text -H=text --port=text -p=text -l=text
           --listen=text
  run      machine.serves

pastebinit dpaste sprunge termbin ix wormhole croc transfer ffsend magic-wormhole
  options  -i=read -b=text -f=text
  run      machine.pastes
  may      publishes sends

figlet toilet cowsay cowthink banner lolcat boxes fortune cmatrix

esptool esptool.py mpremote picocom minicom avrdude arduino-cli ampy rshell openocd st-flash dfu-util probe-rs
  options  -p,--port=text -P=text -b=text --baud=text -d=text -c=text -f=text --chip=text
  > erase_flash erase-flash erase_region
    traits   destroys-data
"""
