"""Databases and the tools that migrate them. psql(1), mysql(1), sqlite3(1), redis-cli."""

TABLE = r"""
psql pgcli
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose -a -A -b
           -c,--command=sql -e -E -f,--file=sqlfile -F,--field-separator=text -H -l,--list -L,--log-file=write -n
           -o,--output=write -P,--pset=text -q -R=text -s -S -t -T=text -V,--variable=text --set=text -x -X -z -0 -1
           --csv
  run      databases.sql

mysql mariadb mycli
  options  -h,--host=host -P,--port=text -u,--user=text -p,--password=text? -D,--database=text -e,--execute=sql -B -N
           -s -S,--socket=text -t -v -A --defaults-file=read --defaults-extra-file=read --ssl-ca=read
           --init-command=sql --tee=write --default-character-set=text --protocol=text
  run      databases.sql

sqlite3 sqlite litecli
  options  -init=read -cmd=sql -separator=text -newline=text -nullvalue=text -header -json -csv -column -line -batch
           -readonly -bail -box -table -markdown -vfs=text
  single
  run      databases.sqlite

duckdb
  options  -c=sql -s=sql -init=read -readonly -json -csv -batch
  single
  run      databases.sqlite

sqlcmd
  options  -S=host -U=text -P=text -d=text -Q=sql -q=sql -i=sqlfile -o=write
  run      databases.sql

clickhouse-client
  options  -h,--host=host -q,--query=sql --queries-file=sqlfile -u,--user=text --password=text -d=text
  run      databases.sql

cockroach
  > sql
    options  -e,--execute=sql --url=text -f,--file=sqlfile --host=host
    run      databases.sql

cqlsh
  options  -e,--execute=sql -f,--file=sqlfile -u=text -p=text
  run      databases.sql

bq
  options  --project_id=text
  > rm
    options  -r -f -t -d
    traits   destroys-data
  > query
    options  --use_legacy_sql=text
    operands sql*
    run      databases.sql
  > ls show
    traits   read-only

snowsql
  options  -q,--query=sql -f,--filename=sqlfile
  run      databases.sql

redis-cli valkey-cli
  options  -h=host -p=text -s=text -a=text -u=url -r=text -i=text -n=text -x --raw --csv --scan --pattern=text
           --eval=run --pipe --rdb=write --tls --cacert=read --cert=read --key=read --user=text --pass=text
           --no-auth-warning
  stop
  run      databases.redis

mongosh mongo
  options  --eval=code -f,--file=run --host=host --port=text -u=text -p=text --quiet --norc
  run      databases.mongo

mongodump
  options  -h,--host=host --uri=text -o,--out=write -d=text --archive=write

mongorestore
  options  -h,--host=host --uri=text --drop!destroys-data -d=text --archive=read
  operands read

mongoimport
  options  --file=read --drop!destroys-data --uri=text -d=text -c=text

mongoexport
  options  -o,--out=write --uri=text -d=text -c=text

dropdb
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose -f,--force -i
           --if-exists
  traits   destroys-data

dropuser
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose
  traits   destroys-data

createdb
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose

pg_dump pg_dumpall
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose -f,--file=write
           -F,--format=text -t,--table=text -n,--schema=text -a -s -c,--clean
  run      databases.dump

pg_restore
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose
           -c,--clean!destroys-data -C -F=text -t=text -l -L=read -f=write -j=text
  operands read

mysqldump
  options  -h,--host=host -u,--user=text -p,--password=text? -r,--result-file=write -P=text

mysqladmin
  options  -h,--host=host -u,--user=text -p,--password=text? -f,--force
  run      databases.admin

influx
  run      infra.by_verb

etcdctl
  > del
    traits   destroys-data
  > get
    traits   read-only

kafka-topics kafka-topics.sh
  options  --delete!destroys-data --topic=text --bootstrap-server=text --create --list --describe

rabbitmqctl
  > reset force_reset delete_queue purge_queue delete_vhost
    traits   destroys-data

prisma
  > migrate
    >> reset
      options  -f,--force --skip-seed --schema=read
      traits   destroys-data
    >> dev deploy resolve
    >> status diff
      traits   read-only
  > db
    >> push
      options  --accept-data-loss!destroys-data --force-reset!destroys-data --schema=read
    >> pull seed
    >> execute
      options  --file=read --schema=read --url=text --stdin
  > studio generate format
  > validate
    traits   read-only

drizzle-kit
  > drop
    traits   destroys-data
  > push generate

sequelize sequelize-cli
  > db:drop db:migrate:undo:all
    traits   destroys-data
  > db:migrate:undo

typeorm
  > schema:drop
    traits   destroys-data

knex
  > migrate:rollback
    options  --all!destroys-data

alembic
  > downgrade
    operands text
    run      databases.downgrade

flyway
  options  -url=text -user=text -password=text -configFiles=read
  single
  run      databases.flyway

liquibase goose
  run      databases.flyway

dbmate
  > drop
    traits   destroys-data

rails artisan
  run      databases.rake

rake
  options  -f=run -T=text? -n -P
  run      databases.rake

django-admin manage.py
  run      databases.django

dbt
"""
