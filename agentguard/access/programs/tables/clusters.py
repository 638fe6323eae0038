"""Clusters: kubectl, helm and their kin."""

TABLE = r"""
kubectl k oc
  options  -n,--namespace=text --context=text --cluster=text --kubeconfig=read -o,--output=text -l,--selector=text
           -A,--all-namespaces --user=text --token=text -s,--server=url --as=text --request-timeout=text
           --field-selector=text -f,--filename=from -k,--kustomize=read -R,--recursive -c,--container=text
           --dry-run=text? -w,--watch --insecure-skip-tls-verify
  > delete
    options  --all --force --grace-period=text --now --cascade=text? --wait=text? --timeout=text
    run      containers.deletes
  > drain
    options  --force --ignore-daemonsets --delete-emptydir-data
    traits   destroys-infrastructure
  > replace
    options  --force!destroys-infrastructure --save-config
  > exec
    options  -i,--stdin -t,--tty -q --pod-running-timeout=text
    stop
    run      containers.behind
  > run
    options  --image=text --env=text --port=text --restart=text -i,--stdin -t,--tty --rm --command --labels=text
             --overrides=text --expose --image-pull-policy=text --privileged!privileged --annotations=text
             --attach --override-type=text
    run      containers.kube_run
  > debug
    options  --image=text --target=text -i,--stdin -t,--tty --copy-to=text --profile=text --share-processes
             --set-image=text --env=text --attach -q
    run      containers.kube_run
  > cp
    options  --retries=text
    run      containers.copies
  > apply
    options  --prune --server-side --force --wait
  > create
    options  --from-literal=text --from-file=text --from-env-file=read --image=text --save-config
  > patch
    options  -p,--patch=text --type=text --patch-file=read
  > scale
    options  --replicas=text
  > config
    >> view
      options  --raw!prints-environment --minify --flatten
  > port-forward
    options  --address=text --pod-running-timeout=text
    run      containers.forwards
  > proxy
    options  -p,--port=text --address=text -w,--www=read --accept-hosts=text --api-prefix=text -u,--unix-socket=write
    run      containers.forwards
  > get
    options  --sort-by=text --tail=text --since=text --previous --timeout=text --for=text --template=text -p
    traits   read-only
    run      containers.kube_get
  > describe top explain version cluster-info api-resources api-versions diff wait auth events help
    options  --sort-by=text --tail=text --since=text --previous --timeout=text --for=text --template=text -p
    traits   read-only
  > logs
    options  -f,--follow --tail=text --since=text -p,--previous
    traits   read-only
  > kustomize
    operands read

helm
  options  -n,--namespace=text --kube-context=text --kubeconfig=read
  > uninstall delete del
    options  --keep-history --dry-run
    traits   destroys-infrastructure
  > install
    options  -f,--values=read --set=text --version=text --repo=url --create-namespace --wait --dry-run=text?
  > upgrade
    options  -f,--values=read --set=text --version=text -i,--install --repo=url --wait --dry-run=text?
  > template
    options  -f,--values=read --set=text
    traits   read-only
  > push
    operands read text
    traits   publishes
  > list ls status get history show lint version search
    options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet
    traits   read-only
"""
