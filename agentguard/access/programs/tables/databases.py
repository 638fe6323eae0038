"""Databases and the tools that migrate them. psql(1), mysql(1), sqlite3(1), redis-cli."""

TABLE = r"""
psql
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose -a -A -b
           -c,--command=sql -e -E -f,--file=sqlfile -F,--field-separator=text -H -l,--list -L,--log-file=write -n
           -o,--output=write -P,--pset=text -q -R=text -s -S -t -T=text -V,--variable=text --set=text -x -X -z -0 -1
           --csv
  run      databases.sql

mysql mariadb
  options  -h,--host=host -P,--port=text -u,--user=text -p,--password=text? -D,--database=text -e,--execute=sql -B -N
           -s -S,--socket=text -t -v -A --defaults-file=read --defaults-extra-file=read --ssl-ca=read
           --init-command=sql --tee=write --default-character-set=text --protocol=text
  run      databases.sql

sqlite3
  options  -init=read -cmd=sql -separator=text -newline=text -nullvalue=text -header -json -csv -column -line -batch
           -readonly -bail -box -table -markdown -vfs=text
  single
  run      databases.sqlite

duckdb
  options  -c=sql -s=sql -init=read -readonly -json -csv -batch
  single
  run      databases.sqlite

redis-cli valkey-cli
  options  -h=host -p=text -s=text -a=text -u=url -r=text -i=text -n=text -x --raw --csv --scan --pattern=text
           --eval=run --pipe --rdb=write --tls --cacert=read --cert=read --key=read --user=text --pass=text
           --no-auth-warning
  stop
  run      databases.redis

mongosh mongo
  options  --eval=code -f,--file=run --host=host --port=text -u=text -p=text --quiet --norc
  run      databases.mongo

dropdb
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=text -v,--verbose -f,--force -i
           --if-exists
  traits   destroys-data

pg_dump pg_dumpall
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=text -v,--verbose -f,--file=write
           -F,--format=text -t,--table=text -n,--schema=text -a -s -c,--clean
  run      databases.dump

mysqldump
  options  -h,--host=host -u,--user=text -p,--password=text? -r,--result-file=write -P=text

prisma
  > migrate
    >> reset
      options  -f,--force --skip-seed --schema=read
      traits   destroys-data
    >> status diff
      traits   read-only
  > db
    >> push
      options  --accept-data-loss!destroys-data --force-reset!destroys-data --schema=read
    >> execute
      options  --file=read --schema=read --url=text --stdin
  > validate
    traits   read-only

sequelize sequelize-cli
  > db:drop db:migrate:undo:all
    traits   destroys-data

alembic
  > downgrade
    operands text
    run      databases.downgrade

rails artisan
  run      databases.rake

rake
  options  -f=run -T=text? -n -P
  run      databases.rake

django-admin manage.py
  run      databases.django
"""
