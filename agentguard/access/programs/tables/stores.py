"""Stores that are not asked in SQL, queues, and the tools that migrate databases."""

TABLE = r"""
redis-cli valkey-cli keydb-cli
  options  -h=host -p=text -s=text -a=text -u=url -r=text -i=text -n=text -x --raw --csv --scan --pattern=text
           --eval=run --pipe --rdb=write --tls --cacert=read --cert=read --key=read --user=text --pass=text
           --no-auth-warning -c --bigkeys --stat --latency
  stop
  run      stores.redis
  may      controls-service destroys-data sends

memcflush
  options  --servers=text --hash=text --binary --username=text --password=text
  traits   destroys-data

redis-server valkey-server memcached mongod mysqld postgres postgrest
  options  -c=text -D=text -f,--config=read --dbpath=write --logpath=write -p,--port=text --fork -d -m=text -l=text
           --bind=text --bind_ip=text --bind-address=text
  run      stores.servers

mongosh mongo
  options  --eval=code -f,--file=run --host=host --port=text -u=text -p=text --quiet --norc --authenticationDatabase=text
           --username=text --password=text --tls --tlsCAFile=read
  run      stores.mongo
  may      destroys-data

mongodump mongoexport
  options  --uri=url --host=host --port=text -u=text -p=text -d,--db=text -c,--collection=text -o,--out=write
           --archive=write? --gzip -q=text --query=text --type=text -f=text --fields=text

mongorestore mongoimport
  options  --uri=url --host=host --port=text -u=text -p=text -d,--db=text -c,--collection=text --drop!destroys-data
           --archive=read? --gzip --dir=read --file=read --type=text --headerline --jsonArray --nsInclude=text
           --dryRun!read-only --mode=text
  operands read*

influx
  options  -o,--org=text -t,--token=text --host=url -b,--bucket=text -f,--file=read
  run      infra.by_verb
  may      destroys-infrastructure
  > delete
    options  --start=text --stop=text -p,--predicate=text
    traits   destroys-data
  > query
    options  -f,--file=read
    traits   read-only

kafka-topics kafka-topics.sh kafka-consumer-groups kafka-consumer-groups.sh kafka-configs kafka-configs.sh kafka-acls \
    kafka-acls.sh kafka-delete-records kafka-delete-records.sh
  options  --bootstrap-server=text --topic=text --group=text --delete --describe --list --create --alter
           --partitions=text --replication-factor=text --reset-offsets --execute --dry-run!read-only --to-earliest --all-topics
           --command-config=read --offset-json-file=read --entity-type=text --entity-name=text --add-config=text
           --delete-config=text
  single
  run      stores.topics
  may      destroys-data

kafka-console-producer kafka-console-producer.sh kcat kafkacat mosquitto_pub amqp-publish
  options  --bootstrap-server=brokers --broker-list=brokers -b,--broker=brokers -h,--host=brokers -L,--url=url --topic=text
           -t=text -C,--consumer -P,--producer -Q -L,--list -G=text -o=text -c=text -F=read -f,--file=text -m,--message=text
           -l,--stdin-line -s,--stdin-file -n,--null-message -p=text -K=text -D=text -k=text -T=text -u=text --pw=text
           -q=text -i=text
           -X=text -z=text --producer.config=read --property=text -e,--exchange=text -r,--routing-key=text --body=text
           --server=brokers --cafile=text --cert=text --key=text
  operands guess*
  run      stores.queues
  may      sends

kafka-console-consumer kafka-console-consumer.sh mosquitto_sub
  options  --bootstrap-server=text --topic=text --group=text -b=text -t=text -C -P -G=text -o=text -c=text -f=text
           --from-beginning --max-messages=text --consumer.config=read -F=read

rabbitmqctl rabbitmqadmin
  options  -n,--node=text -p,--vhost=text -q -u=text -H=text -P=text -t=text
  > delete_queue purge_queue reset force_reset delete_vhost delete_user clear_permissions forget_cluster_node delete \
      purge
    traits   destroys-data
  > stop stop_app shutdown rotate_logs
    traits   controls-service
  > status list_queues list_users list_vhosts list_exchanges cluster_status environment ping list show
    traits   read-only
  > add_user add_vhost set_permissions change_password declare publish get start_app export import

nats etcdctl consul nomad temporal pulsar-admin zkCli.sh rclone-admin esadmin
  options  -s=text --server=text --context=text --endpoints=text --cacert=read --cert=read --key=read -address=url
           -namespace=text -token=text -http-addr=url --user=text
  run      infra.by_verb
  > kv
    >> rm del delete purge
      traits   destroys-data
    >> get export
      options  -recurse -keys -base64 -detailed -stale -separator=text --raw
      run      stores.pairs
      may      prints-environment
    >> put list ls
      traits
  > get
    options  --prefix --from-key --limit=text --print-value-only --keys-only --count-only -w,--write-out=text --rev=text
             --order=text --sort-by=text --consistency=text
    run      stores.pairs
    may      prints-environment
  > var
    >> get
      traits   prints-environment
    >> list put purge
      traits
  > del
    options  --prefix
    traits   destroys-data
  > job
    >> stop
      options  -purge --purge -detach -yes
      traits   destroys-infrastructure
    >> run plan status
      traits
  > snapshot
    >> restore
      traits   destroys-data
    >> save status inspect
      traits
  > put set

prisma
  options  --schema=read --config=read
  > migrate
    >> reset
      options  -f,--force --skip-seed
      traits   destroys-data
    >> status diff
      traits   read-only
    >> dev deploy resolve
      options  -n,--name=text --create-only
  > db
    >> push
      options  --accept-data-loss!destroys-data --force-reset!destroys-data
    >> execute
      options  --file=read --url=text --stdin
      run      databases.fed
    >> pull seed
  > generate studio init format
  > validate version
    traits   read-only

sequelize sequelize-cli
  options  --env=text --config=read --url=url
  > db:drop db:migrate:undo:all db:seed:undo:all
    traits   destroys-data
  > db:migrate db:create db:seed:all db:migrate:undo init model:generate migration:generate
  > db:migrate:status
    traits   read-only

typeorm typeorm-ts-node-commonjs typeorm-ts-node-esm
  options  -d,--dataSource=read -f=read -c=text
  > schema:drop
    traits   destroys-data
  > schema:sync migration:run migration:revert migration:generate migration:create init
  > query
    operands sql*
    run      databases.statements
  > schema:log migration:show version
    traits   read-only

knex mikro-orm node-pg-migrate db-migrate umzug
  options  --knexfile=read --env=text --esm --cwd=enter --all
  > migrate:rollback
    options  --all!destroys-data
  > schema:drop schema:fresh migration:fresh reset db:drop
    traits   destroys-data
  > migrate:latest migrate:up migrate:down migrate:make seed:run migration:up schema:update up down create
  > migrate:status migrate:list migrate:currentVersion migration:list check
    traits   read-only

drizzle-kit
  options  --config=read --dialect=text --schema=text --out=text --url=url
  > push
    options  --force!destroys-data --strict --verbose
  > drop
    traits   destroys-data
  > generate migrate studio introspect pull check up export

alembic
  options  -c,--config=read -n=text -x=text
  may      destroys-data
  > downgrade
    options  --sql
    operands text
    run      stores.downgrade
  > upgrade revision stamp merge init
    options  -m,--message=text --autogenerate --rev-id=text --sql --head=text
  > current history heads branches show check
    traits   read-only

flyway liquibase
  options  -url=text -user=text -password=text -configFiles=read -locations=text --changelog-file=read
           --defaults-file=read --url=text --username=text --password=text
  single
  > clean drop-all dropAll
    traits   destroys-data
  > migrate update repair baseline undo rollback rollback-count tag generate-changelog changelog-sync
  > info validate status diff history
    traits   read-only

migrate goose golang-migrate
  options  -dir=read -path=read -database=text -source=text -table=text
  single
  > drop reset down-to
    options  -f,--force
    traits   destroys-data
  > down
    options  -all!destroys-data
  > up create goto force fix up-to redo
  > session web
    traits   starts-agent
  > run
    options  -t,--text=text -i,--instructions=text --recipe=text
    traits   starts-agent
  > status version
    traits   read-only
  > *
    operands text text*
    run      stores.driver

dbmate sqlx diesel sea-orm-cli sqitch tern refinery
  options  -u,--url=text --database-url=text -d,--migrations-dir=read -D=text --database=text --path=read -e=text -y
  > drop reset down-to fresh refresh revert-all
    options  -f,--force
    traits   destroys-data
  > down
    options  -all!destroys-data --all!destroys-data
  > database db
    >> drop reset
      traits   destroys-data
    >> create setup
  > migration migrate
    >> fresh reset refresh
      traits   destroys-data
    >> run add redo revert generate up down info list
  > status version
    traits   read-only
  > up new create force goto setup prepare

rails
  options  -e=text
  run      stores.rake
  may      destroys-data prints-environment

rake
  options  -f=run -T,--tasks=text!read-only -D,--describe=text!read-only
           -n,--dry-run!read-only -P -e,--execute=text -E=text -r=text -j=text -I=text
  run      stores.rake
  may      destroys-data publishes

artisan console symfony
  options  --env=text --execute=text --seed --force -n -q -v
  run      stores.rake
  may      destroys-data

django-admin manage.py
  options  --settings=text --pythonpath=read -v=text --noinput --no-input -c,--command=text --database=text -o=write
           --traceback
  run      stores.django
  may      destroys-data

wp
  options  --path=read --url=text --user=text --allow-root --skip-plugins=text? --skip-themes=text? --require=run
           --ssh=text --http=text --context=text -q,--quiet --debug=text? --prompt=text?
  may      destroys-data
  > eval
    options  --skip-wordpress --exec=code
    operands code
    language php
    run      interpreters.console
  > eval-file
    operands run text*
  > shell
    options  --basic --exec=code
    language php
    run      interpreters.console
  > db
    >> query
      operands statement
    >> drop reset clean
      options  --yes
      traits   destroys-data
    >> export import size tables check cli create optimize prefix repair search columns
      operands text*
  > site
    >> empty delete
      options  --yes
      traits   destroys-data
    >> list create activate
      traits   read-only

drush
  options  -r,--root=read -l,--uri=text -y,--yes -n,--no -q -v
  may      destroys-data
  > php:eval php-eval eval ev
    operands code
    language php
    run      interpreters.console
  > php:cli core-cli php
    language php
    run      interpreters.console
  > php:script php-script scr
    operands run text*
  > sql:query sql-query sqlq
    options  --file=read --db-prefix
    operands statement
  > sql:drop sql-drop
    traits   destroys-data

dbt
  options  --profiles-dir=read --project-dir=enter -t,--target=text -s,--select=text --vars=text -m=text --exclude=text
           --full-refresh
  > run build test seed snapshot compile docs deps debug ls parse retry init clean source
"""
