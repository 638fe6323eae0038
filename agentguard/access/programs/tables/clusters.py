"""Clusters: kubectl, helm and their kin, and the small clusters that run on this machine."""

TABLE = r"""
kubectl k oc kubecolor microk8s.kubectl
  options  -n,--namespace=text --context=text --cluster=text --kubeconfig=read -o,--output=text -l,--selector=text
           -A,--all-namespaces --user=text --token=text -s,--server=url --as=text --request-timeout=text
           --field-selector=text -f,--filename=from -k,--kustomize=read -R,--recursive -c,--container=text
           --dry-run=text? -w,--watch --insecure-skip-tls-verify
  may      publishes
  > delete
    options  --all --force --grace-period=text --now --cascade=text? --wait=text? --timeout=text --ignore-not-found
    traits   destroys-infrastructure
    run      clusters.changes
  > drain
    options  --force --ignore-daemonsets --delete-emptydir-data
    traits   destroys-infrastructure
    run      clusters.changes
  > cordon uncordon taint
    traits   controls-service
    run      clusters.changes
  > replace
    options  --force!destroys-infrastructure --save-config
    run      clusters.changes
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
    options  --prune!destroys-infrastructure --server-side --force --wait --field-manager=text
    run      clusters.changes
  > create
    options  --from-literal=text --from-file=keyed --from-env-file=read --image=text --save-config --type=text
             --docker-server=text --docker-username=text --docker-password=text --docker-email=text --cert=read
             --key=read
    run      clusters.changes
    >> token
      traits   prints-environment
    >> clusterrolebinding rolebinding clusterrole role
      options  --clusterrole=text --role=text --serviceaccount=text --group=text --verb=text --resource=text
      traits   privileged
  > adm
    traits   privileged
  > certificate
    >> approve deny
      traits   privileged
  > patch
    options  -p,--patch=text --type=text --patch-file=read --subresource=text
    run      clusters.changes
  > edit
    options  --save-config --subresource=text --output-patch --validate=text
    run      clusters.edits
    may      prints-environment
  > extract
    options  --to=text --keys=text --confirm
    run      clusters.extracts
    may      prints-environment
  > label
    options  --overwrite --all --list
    run      clusters.labels
    may      privileged
  > annotate autoscale expose set
    options  --overwrite --all --type=text --port=text --name=text --min=text --max=text
    run      clusters.changes
  > scale
    options  --replicas=text --current-replicas=text --all
    run      clusters.scales
  > rollout
    >> status history
      options  --revision=text
      traits   read-only
    >> undo
      options  --to-revision=text
      traits   publishes
      run      clusters.changes
    >> restart pause resume
      traits   controls-service
      run      clusters.changes
  > config
    >> view
      options  --raw!prints-environment --minify --flatten
    >> delete-context delete-cluster delete-user unset set-context set-cluster set-credentials use-context use \
        rename-context
      options  --certificate-authority=read --client-certificate=read --client-key=read
    >> get-contexts current-context get-clusters get-users
      traits   read-only
  > port-forward
    options  --address=text --pod-running-timeout=text
    run      containers.forwards
  > proxy
    options  -p,--port=text --address=text -w,--www=read --accept-hosts=text --api-prefix=text -u,--unix-socket=write
    run      containers.forwards
  > get
    options  --sort-by=text --tail=text --since=text --previous --timeout=text --for=text --template=text -p
             --show-labels --raw=text --no-headers
    traits   read-only
    run      clusters.gets
    may      prints-environment
  > auth
    >> can-i whoami
      traits   read-only
    >> reconcile
      options  --remove-extra-permissions --remove-extra-subjects
      run      clusters.changes
  > describe top explain version cluster-info api-resources api-versions diff wait events help
    options  --sort-by=text --tail=text --since=text --previous --timeout=text --for=text --template=text -p
    traits   read-only
  > logs
    options  -f,--follow --tail=text --since=text -p,--previous --all-containers --timestamps
    traits   read-only
  > kustomize
    operands read
  > krew
    >> install
      options  --manifest-url=url!foreign-package --manifest=read --archive=read --index=text
      operands package*
    >> uninstall
      operands package*
      traits   removes-package
    >> list search
      traits   read-only

krew
  like     kubectl krew

kustomize
  > build
    options  -o,--output=write --enable-helm
    operands from
  > edit create version

helm
  options  -n,--namespace=text --kube-context=text --kubeconfig=read --debug --timeout=text --wait --atomic
           --dry-run=text?
  may      publishes
  > uninstall delete del un
    options  --keep-history
    traits   destroys-infrastructure
    run      clusters.changes
  > install
    options  -f,--values=read --set=text --set-string=text --set-file=keyed --version=text --repo=url!foreign-package
             --create-namespace -g --generate-name
    operands text spec
    run      clusters.charts
  > upgrade
    options  -f,--values=read --set=text --set-string=text --set-file=keyed --version=text -i,--install
             --repo=url!foreign-package --reuse-values --reset-values --force --create-namespace
    operands text spec
    run      clusters.charts
  > template
    options  -f,--values=read --set=text --output-dir=write
    operands text spec
    run      clusters.charts
  > rollback
    traits   publishes
    run      clusters.changes
  > push
    operands read text
    traits   publishes
  > package
    options  -d,--destination=write
    operands read
  > pull fetch
    options  -d,--destination=write --untar --version=text --repo=url
  > repo
    >> add
      options  --username=text --password=text --ca-file=text --cert-file=text --key-file=text --force-update
      run      clusters.repositories
      may      foreign-package
    >> list
      traits   read-only
    >> update remove
  > registry dependency create plugin test
    options  -u=text -p=text --password-stdin
  > get
    >> values all
      options  -a,--all --revision=text -o,--output=text --template=text
      run      clusters.values
      may      prints-environment
    >> manifest notes hooks metadata
      options  --revision=text -o,--output=text
      traits   read-only
  > list ls status history show lint version search env verify
    options  -f,--filter=text --format=text -n=text -a,--all -q,--quiet -o=text
    traits   read-only

helmfile
  options  -f,--file=read -e,--environment=text -l,--selector=text
  > destroy delete
    traits   destroys-infrastructure
  > apply sync
    options  -i,--interactive
    traits   publishes
  > diff template lint list build status
    traits   read-only

skaffold tilt
  options  -f,--filename=read -p,--profile=text -n,--namespace=text
  > deploy run
    traits   publishes
  > delete down
    traits   destroys-infrastructure
  > dev build up ci test render init

argocd
  options  --server=text --auth-token=text --grpc-web --core
  run      infra.by_verb
  > app
    >> sync
      options  --prune!destroys-infrastructure --force --dry-run
      traits   publishes
    >> set create unset patch
      traits
  > account
    >> generate-token
      traits   prints-environment
  > login logout context
    traits

flux istioctl linkerd cilium velero kn tkn argo crossplane karmadactl rancher talosctl k0sctl rosa oc-mirror cmctl kubeseal
  options  -n,--namespace=text --context=text --kubeconfig=read -f=read -o=text
  run      infra.by_verb
  may      destroys-infrastructure

kubectx kubens k9s stern kubetail kubeconform kubeval kube-linter popeye

kind k3d k3s ctlptl
  options  --name=text --config=read -n=text -p,--profile=text --driver=text --image=text
  > delete
    options  --all!destroys-data --purge!destroys-data
  > cluster
    >> delete rm
      options  -a,--all!destroys-data
    >> list ls
      traits   read-only
    >> create start stop edit
  > status version get list
    traits   read-only
"""
