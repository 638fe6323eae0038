"""Shells on virtual machines, devices and hosts of a cloud. Their own manuals.

A shell behind `remote-text` or `containers.*` runs elsewhere: the files that it names are not those of this machine.
"""

TABLE = r"""
vagrant
  may      foreign-package
  > ssh
    options  -c,--command=remote-text -p,--plain -t,--tty
    run      containers.text_inside
  > winrm powershell
    options  -c,--command=text -e,--elevated -s,--shell=text
  > destroy
    options  -f,--force -g,--graceful --parallel
    traits   destroys-infrastructure
  > up halt reload provision resume suspend
    options  --provider=text --provision --no-provision --parallel
  > box
    >> add
      options  --provider=text --name=text
      operands spec
    >> remove
      traits   destroys-data
    >> list outdated prune update
  > status global-status version ssh-config port validate
    traits   read-only
  > snapshot
    >> delete restore pop
      traits   destroys-data
    >> save push list
  > push
    traits   publishes
  > init package plugin cloud upload rsync

lxc incus
  > exec
    options  --cwd=text --env=text --user=text --group=text -t -T -n --mode=text
    run      containers.behind
  > file
    >> push
      options  -p -r --mode=text --uid=text --gid=text
      operands read* text
    >> pull
      options  -p -r
      operands text* write
    >> delete
  > delete rm
    options  -f,--force
    traits   destroys-data
  > list ls info config network profile storage image version
  > launch init start stop restart copy move snapshot restore publish shell console

multipass
  > exec
    options  -d,--working-directory=text -n,--no-map-working-directory
    run      containers.behind
  > transfer copy-files
    run      containers.copies
  > delete purge
    options  -p,--purge --all
    traits   destroys-data
  > list ls info version find networks get
    traits   read-only
  > launch start stop restart suspend shell mount umount set recover

wsl
  options  -d,--distribution=text -u,--user=text --cd=text -e,--exec -l,--list --system --shell-type=text -v
           --unregister=text!destroys-data --terminate=text --export=text --import=text -s=text --shutdown --status
           --version --install --update
  operands command
  stop

adb
  options  -s=text -t=text -H=host -P=text -L=text -a -d -e
  > shell exec-out
    options  -e=text -n -T -t -x
    operands remote-text*
    stop
    run      containers.text_inside
  > push
    options  -a --sync -n -z=text -Z
    operands read* text
  > pull
    options  -a -z=text -Z
    operands text* write
  > install install-multiple
    options  -l -r -t -s -d -g --instant --no-streaming
    operands read*
  > uninstall
  > devices logcat version get-state help
    traits   read-only
  > forward reverse connect disconnect root remount reboot start-server kill-server tcpip usb wait-for-device bugreport
  > sideload
    operands read

limactl colima minikube
  > shell
    options  --workdir=text --shell=text --instance=text
    stop
    run      containers.second_words
  > ssh
    options  -p,--profile=text -n,--node=text --native-ssh
    operands remote-text*
    stop
    run      containers.text_inside
  > delete
    options  -f,--force!destroys-data -p,--profile=text --all!destroys-data --purge!destroys-data
  > factory-reset
    traits   destroys-data
  > kubectl
    stop
    run      containers.kubectl
  > *

lima
  stop
  run      containers.words_inside

toolbox distrobox
  > run
    options  -c,--container=text -d,--distro=text -r,--release=text
    operands command
    stop
  > enter
    options  -n,--name=text -e,--exec -a=text -H -T
    run      carriers.behind
  > rm
    options  -f,--force
    traits   destroys-data
  > create list stop

devcontainer
  > exec
    options  --workspace-folder=enter --container-id=text --config=read --remote-env=text --id-label=text
             --docker-path=run --docker-compose-path=run --user-data-folder=text --log-level=text
    stop
    run      containers.words_inside
  > up build run-user-commands read-configuration features templates set-up
    options  --workspace-folder=text --config=read --id-label=text

apptainer singularity
  > exec run
    options  -B,--bind=text --home=text -H=text --pwd=text -C,--containall -c,--contain --nv --rocm -w,--writable
             --writable-tmpfs --env=text --env-file=text --overlay=text -e,--cleanenv --fakeroot -f --no-home
             --userns -u -p --pid
    operands text command
    stop
  > build
    operands write text
  > pull
    operands text*
  > shell inspect cache instance push version

systemd-nspawn
  options  -D,--directory=text -M,--machine=text -b,--boot --bind=text --bind-ro=text -u,--user=text -U -q
           -n --image=text --ephemeral -x --chdir=text -E,--setenv=text --uid=text
  stop
  run      containers.nspawn
  may      privileged

machinectl
  like     systemd-nspawn
  again

mosh autossh
  options  --ssh=shell --server=text -p,--port=text -M=text -f -a -n -4 -6 --predict=text -o=text -L=text -R=text -N -i=text
  stop
  run      ssh.mosh

pdsh pssh parallel-ssh clush
  options  -w=text -h,--hosts=text -H,--host=text -l=text -t=text -p=text -i,--inline -o=text -e=text -A -x=text
           -u=text -f=text -g=text -R=text -O=text -P -b -B -q -a
  stop
  run      ssh.many

ansible
  options  -i,--inventory=text -m,--module-name=text -a,--args=text -b,--become!privileged -K,--ask-become-pass -k
           -u,--user=text -l,--limit=text -e,--extra-vars=text -f,--forks=text -o -C,--check -v --become-user=text
           --vault-password-file=text --private-key=text -c,--connection=text -t,--tree=write -D,--diff -T=text
           --list-hosts -M=text
  run      ssh.ansible
  may      destroys-data

salt salt-ssh salt-call
  options  -t,--timeout=text -L,--list -E,--pcre -G,--grain -b=text -l=text --local --out=text -c=text -C -N -I -v
  run      ssh.salt
"""
