"""Containers: docker(1), podman(1), docker compose."""

TABLE = r"""
docker podman nerdctl
  before   --config=read -c,--context=text -D -H,--host=daemon -l,--log-level=text --tlscacert=read --tlscert=read
           --tlskey=read
  > run create
    options  -a,--attach=text --add-host=text --annotation=text --cap-add=text --cap-drop=text --cgroup-parent=text
             --cidfile=write --cpus=text -c,--cpu-shares=text -d,--detach --device=text --dns=text --entrypoint=text
             -e,--env=text --env-file=text --expose=text --gpus=text --group-add=text --health-cmd=text
             -h,--hostname=text -i,--interactive --init --ip=text --ipc=text -l,--label=text --link=text
             --log-driver=text --log-opt=text -m,--memory=text --mount=text --name=text --network=text --net=text
             -p,--publish=text -P,--publish-all --pid=text --platform=text --privileged!privileged --pull=text
             --read-only --restart=text --rm --runtime=text --security-opt=text --shm-size=text --stop-signal=text
             --sysctl=text --tmpfs=text -t,--tty --ulimit=text -u,--user=text --userns=text -v,--volume=text
             --volumes-from=text -w,--workdir=text --pod=text --detach-keys=text --stop-timeout=text
             --blkio-weight=text --cgroupns=text --cpu-period=text --cpu-quota=text --cpuset-cpus=text
             --cpuset-mems=text --device-cgroup-rule=text --dns-option=text --dns-search=text --domainname=text
             --health-interval=text --health-retries=text --health-start-period=text --health-timeout=text
             --ip6=text --isolation=text --label-file=read --link-local-ip=text --mac-address=text
             --memory-reservation=text --memory-swap=text --memory-swappiness=text --network-alias=text
             --oom-score-adj=text --pids-limit=text --storage-opt=text --uts=text --volume-driver=text --arch=text
             --authfile=text --conmon-pidfile=write --env-host --replace --secret=text --systemd=text --tz=text
             --umask=text --variant=text --workdir=text --gidmap=text --uidmap=text --pidfile=write
    stop
    run      containers.runs
  > exec
    options  -d,--detach -e,--env=text --env-file=text -i,--interactive --privileged!privileged -t,--tty
             -u,--user=text -w,--workdir=text -T --index=text --detach-keys=text -l,--latest
    stop
    run      containers.inside
  > container
    >> run create
      like     docker run
    >> exec
      like     docker exec
    >> rm prune
      options  -f,--force -v,--volumes -a,--all
      traits   destroys-data
    >> ls list inspect logs top
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > rm
    options  -f,--force!destroys-data -v,--volumes!destroys-data -l,--link
    run      containers.removes
  > volume
    >> rm remove prune
      options  -f,--force -v,--volumes -a,--all
      traits   destroys-data
    >> ls list inspect
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > system
    >> prune reset
      options  -f,--force -v,--volumes -a,--all
      traits   destroys-data
    >> df info events
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > image
    >> prune
      options  -a,--all -f,--force
    >> push
      traits   publishes
    >> ls inspect history
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > buildx
    >> build
      options  -f,--file=read -t,--tag=text --build-arg=text --platform=text --push!publishes --secret=text
               -o,--output=text --target=text --cache-from=text --cache-to=text --load --builder=text --progress=text
               --no-cache --metadata-file=write --iidfile=write --annotation=text --allow=text --ssh=text
               --build-context=text --label=text --network=text --pull
      operands from
  > build
    options  -f,--file=read -t,--tag=text --build-arg=text --platform=text --target=text --secret=text --ssh=text
             --network=text -o,--output=text --label=text --cache-from=text --no-cache --pull -q,--quiet
             --progress=text --push!publishes --add-host=text --iidfile=write --build-context=text -m=text
             --cache-to=text --builder=text --load --metadata-file=write --annotation=text --shm-size=text
             --ulimit=text --cgroup-parent=text --isolation=text --rm -v,--volume=text --squash --layers --format=text
    operands from
  > push
    options  -a,--all-tags -q
    traits   publishes
  > manifest
    >> push
      traits   publishes
  > rmi
    options  -f,--force
  > kill
    options  -s,--signal=text
  > cp
    options  -a -L -q
    run      containers.copies
  > save export
    options  -o,--output=write
  > load
    options  -i,--input=read
  > import
    operands read text
  > login
    options  -u,--username=text -p,--password=text --password-stdin
    run      containers.login
    may      sends
  > network
    >> ls inspect
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > compose
    options  -f,--file=read -p,--project-name=text --profile=text --env-file=text --project-directory=enter
             --ansi=text --progress=text --parallel=text
    >> down
      options  -v,--volumes!destroys-data --rmi=text --remove-orphans -t,--timeout=text
    >> rm
      options  -f,--force -s,--stop -v,--volumes!destroys-data
    >> exec
      like     docker exec
    >> run
      like     docker run
      options  --no-deps --service-ports --use-aliases -B,--build
    >> build
      options  --build-arg=text --no-cache --pull -m=text --ssh=text --progress=text
    >> push
      traits   publishes
    >> kill
      options  -s,--signal=text
    >> config convert
      options  --format=text -o,--output=write -q,--quiet --services --images --volumes --profiles --hash=text
               --no-interpolate --resolve-image-digests
      traits   read-only
      run      containers.composed
    >> ps images ls top port version events
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
    >> logs
      options  -f,--follow -n,--tail=text --since=text --until=text -t
      traits   read-only
  > secret config
    >> rm remove
      traits   destroys-infrastructure
    >> ls list inspect
      traits   read-only
  > swarm
    >> leave
      options  -f,--force
      traits   destroys-infrastructure
  > node
    >> rm remove demote
      traits   destroys-infrastructure
    >> ls ps inspect
      traits   read-only
  > plugin
    >> rm disable
      traits   destroys-infrastructure
    >> ls inspect
      traits   read-only
  > stack
    >> rm
      traits   destroys-infrastructure
    >> deploy
      options  -c,--compose-file=read
  > service
    >> rm
      traits   destroys-infrastructure
    >> ls ps logs
      options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
      traits   read-only
  > inspect
    options  -f,--format=text -s,--size --type=text
    run      containers.looks
    may      prints-environment
  > ps images info version stats top port diff history events search help
    options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
    traits   read-only
  > logs
    options  -f,--follow -n,--tail=text --since=text --until=text -t
    traits   read-only
  > unshare
    operands command
    stop

docker-compose podman-compose
  like     docker compose
"""
