"""Hosting, platforms and services with an account. What a table does not say of a subcommand, its words do."""

TABLE = r"""
vercel now
  options  --prod -y,--yes -t,--token=text --cwd=enter -S,--scope=text -e=text -b=text
  run      infra.vercel
  may      destroys-infrastructure publishes

netlify ntl
  options  --auth=text --filter=text --cwd=enter
  run      infra.by_verb
  may      destroys-infrastructure
  > deploy
    options  -d,--dir=read -p,--prod -m,--message=text -s,--site=text -f=read --json --alias=text
    traits   publishes
  > build dev serve init link unlink login logout switch open
    run      walk.standard
  > env:get env:list
    traits   prints-environment
  > env:import
    operands read
    run      walk.standard
  > api
    traits   publishes

heroku
  options  -a,--app=text -r,--remote=text -t,--team=text --confirm=text
  run      infra.by_verb
  may      destroys-infrastructure
  > config config:get config:edit
    options  -s,--shell -j,--json
    traits   prints-environment
  > auth:token authorizations:create authorizations:info pg:credentials:url
    traits   prints-environment
  > run run:detached
    options  -s,--size=text --type=text -e,--env=text -x,--exit-code --no-tty --no-notify -d
    operands remote-text*
    stop
    run      containers.text_inside
  > ps:exec
    options  -d,--dyno=text --ssh
    operands remote-text*
    stop
    run      containers.text_inside
  > pg:reset pg:backups:delete pg:copy pg:pull pg:push pg:backups:restore
    traits   destroys-data
  > pg:psql
    options  -c,--command=sql -f=sqlfile
    operands text*
    run      databases.statements
  > ps:stop ps:restart ps:kill dyno:kill dyno:restart maintenance:on ps:scale
    traits   controls-service
  > releases:rollback rollback pipelines:promote builds:create container:push container:release domains:add
    traits   publishes
  > logs ps releases apps status help version pg pg:info addons domains
    traits   read-only
  > config:set config:unset access:add
    run      walk.standard

fly flyctl
  options  -a,--app=text -c,--config=read -t,--access-token=text -y,--yes -r,--region=text
  run      infra.by_verb
  may      destroys-infrastructure
  > deploy launch
    options  --image=text --remote-only --local-only --build-only --strategy=text --dockerfile=read
    operands read
    traits   publishes
  > ssh
    >> console
      options  -C,--command=remote-text -s,--select -u,--user=text --pty --address=text -A=text --machine=text
               --container=text -g=text -o=text
      run      containers.text_inside
    >> sftp
      >>> get
        operands text write
        traits
    >> issue establish log
      traits
  > machine machines m
    >> exec
      options  --timeout=text
      operands text remote-text
      run      containers.second_inside
  > logs status releases
    traits   read-only
  > auth
    >> token
      traits   prints-environment
  > tokens
    >> create
      traits   prints-environment
  > secrets
    >> set import unset deploy
      run      walk.standard

wrangler
  options  -c,--config=read -e,--env=text --cwd=enter --env-file=text
  run      infra.by_verb
  may      destroys-data destroys-infrastructure
  > deploy publish
    options  --name=text --minify --dry-run!read-only --outdir=write
    operands read
    traits   publishes
  > pages
    >> deploy publish
      options  --project-name=text --branch=text
      operands read
      traits   publishes sends
    >> dev
      run      walk.standard
  > d1
    >> execute
      options  --command=sql --file=sqlfile --local --remote --json
      operands text
      run      databases.statements
  > secret
    >> put bulk
      run      walk.standard
  > rollback
    traits   publishes
  > dev init tail types login whoami
    run      walk.standard

firebase
  options  -P,--project=text --token=text -f,--force --json
  run      infra.by_verb
  may      publishes
  > firestore:delete database:remove
    options  -r,--recursive --all-collections
    traits   destroys-data
  > hosting:disable
    traits   destroys-infrastructure
  > functions:config:get functions:secrets:access login:ci
    traits   prints-environment
  > emulators:start emulators:exec serve init use login
    run      walk.standard

supabase
  options  --project-ref=text --workdir=enter --debug
  run      infra.by_verb
  may      destroys-infrastructure
  > db
    >> reset
      options  --linked --db-url=url --no-seed
      traits   destroys-data
    >> push
      options  --dry-run!read-only --linked
      traits   publishes
    >> dump
      options  -f,--file=write --data-only
      run      walk.standard
    >> diff lint pull
      options  -f,--file=write
      run      walk.standard
  > functions
    >> serve new
      run      walk.standard
  > status
    traits   read-only
  > start stop init login link gen migration
    run      walk.standard
  > secrets
    >> set
      options  --env-file=read
      run      walk.standard

serverless sls
  options  -s,--stage=text -r,--region=text -c,--config=read --verbose -f,--function=text --aws-profile=text
  run      infra.by_verb
  > remove
    traits   destroys-infrastructure
  > deploy
    traits   publishes
  > offline invoke package print plugin create
    run      walk.standard

amplify
  options  -y,--yes --force
  run      infra.by_verb
  > push publish
    traits   publishes
  > delete remove
    traits   destroys-infrastructure
  > status pull init codegen mock add
    run      walk.standard

surge gh-pages semantic-release release-it np release-please changelogithub
  options  -d,--dist=read -p,--project=read --domain=text -n --dry-run!read-only --ci --increment=text --no-git.push
  run      packages.publishes
  may      publishes

eas expo-cli
  options  -p,--platform=text --profile=text --non-interactive
  run      infra.by_verb
  > build
    options  --local --auto-submit!publishes
    run      walk.standard
  > update submit
    traits   publishes
  > env:pull env:get secret:list
    traits   prints-environment
  > login whoami init config credentials
    run      walk.standard

pscale neonctl render koyeb northflank platform upsun dokku caprover cf clever scalingo gigalixir porter \
    stripe sentry-cli ldcli launchdarkly auth0 okta algolia shopify hasura convex sst zeabur deployctl \
    kamal cap mina ionic balena particle contentful sanity strapi ngrok-api hcp tfc checkly datadog-ci newrelic \
    pagerduty confluent astro-cli prefect modal
  options  --org=text --team=text -a,--app=text --project=text -p=text -e=text --token=text --env=text --account=text
  run      infra.by_verb
  may      destroys-infrastructure publishes

turso
  run      infra.by_verb
  may      destroys-data destroys-infrastructure
  > db
    >> shell
      operands text sql*
      run      databases.statements
    >> tokens
      traits   prints-environment

atlas
  options  -u,--url=url --to=text --dev-url=url -c=text --env=text --projectId=text -o,--output=text --force
  run      infra.by_verb
  may      destroys-infrastructure
  > schema
    >> apply
      options  --auto-approve!destroys-data --dry-run!read-only
      traits
    >> clean
      options  --auto-approve
      traits   destroys-data
    >> inspect diff fmt
      traits   read-only

twilio
  options  -p,--profile=text -o=text -l=text
  run      infra.by_verb
  > api:core:messages:create api:core:calls:create email:send
    traits   publishes

fastlane
  options  --env=text --verbose
  > deliver pilot supply release beta deploy publish upload_to_testflight upload_to_app_store upload_to_play_store
    traits   publishes
  > match
    >> nuke
      traits   destroys-infrastructure
    >> development appstore adhoc
"""
