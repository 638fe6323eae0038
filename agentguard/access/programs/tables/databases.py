"""Databases that take SQL, their dumps and their copies. psql(1), mysql(1), sqlite3(1) and kin."""

TABLE = r"""
psql pgcli
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--set,--variable=text -a -A
           -b -c,--command=sql -e -E -f,--file=sqlfile -F,--field-separator=text -H -l,--list -L,--log-file=write -n
           -o,--output=write -P,--pset=text -q -R=text -s -S -t -T=text -x -X -z -0 -1 --csv --no-psqlrc
           --echo-all --single-transaction
  run      databases.statements
  may      destroys-data runs-fetched-code sends

mysql mariadb mycli
  options  -h,--host=host -P,--port=text -u,--user=text -p,--password=text? -D,--database=text -e,--execute=sql -B -N
           -s -S,--socket=text -t -v -A --defaults-file=read --defaults-extra-file=read --ssl-ca=read
           --init-command=sql --tee=write --default-character-set=text --protocol=text --login-path=text
           --ssl-mode=text --local-infile=text? --skip-column-names --batch --silent --table --force
  run      databases.statements
  may      destroys-data

sqlite3 litecli
  options  -init=read -cmd=sql -separator=text -newline=text -nullvalue=text -header -json -csv -column -line -batch
           -readonly -bail -box -table -markdown -vfs=text -mode=text
  single
  run      databases.sqlite
  may      destroys-data

duckdb
  options  -c=sql -s=sql -f=sqlfile -init=read -readonly -json -csv -batch -markdown -table -line
  single
  run      databases.sqlite

sqlcmd
  options  -S=host -d=text -U=text -P=text -Q=sql -q=sql -i=sqlfile -o=write -E -b -h=text -s=text -W -v=text -l=text -t=text
           -C -N
  run      databases.statements
  may      destroys-data

clickhouse-client clickhouse-local
  options  -h,--host=host --port=text -u,--user=text --password=text -d,--database=text -q,--query=sql
           --queries-file=sqlfile -n,--multiquery -f,--format=text --secure -C,--config-file=read -m,--multiline
  run      databases.statements
  may      destroys-data

clickhouse
  may      destroys-data
  > client local
    like     clickhouse-client

cockroach
  may      destroys-data
  > sql
    options  -e,--execute=sql -f,--file=sqlfile --url=database --host=host --certs-dir=read -u=text -d=text --insecure
             --format=text -p=text
    operands text*
    run      databases.statements
  > start start-single-node init cert
  > node
    >> drain decommission
      traits   destroys-infrastructure
    >> status ls
      traits   read-only
  > version demo

cqlsh
  options  -e,--execute=sql -f,--file=sqlfile -u=text -p=text -k=text --cqlshrc=read --request-timeout=text --ssl
  operands host text
  run      databases.cql
  may      destroys-data

snowsql
  options  -q,--query=sql -f,--filename=sqlfile -a=text -u=text -d=text -s=text -w=text -r=text -c=text -o=text
           --config=read
  run      databases.statements
  may      destroys-data

snow
  options  -c,--connection=text --format=text
  run      infra.by_verb
  may      destroys-data
  > sql
    options  -q,--query=sql -f,--filename=sqlfile -i,--stdin
    run      databases.statements

trino presto
  options  --server=url --catalog=text --schema=text --execute=sql -f,--file=sqlfile --user=text --output-format=text
  run      databases.statements
  may      destroys-data

spark-sql hive impala-shell
  options  -e=sql -f=sqlfile -q=sql -i=text --database=text -d=text --hivevar=text --hiveconf=text --master=text
           --conf=text -S -k
  run      databases.statements
  may      destroys-data

beeline
  options  -u=database -n=text -p=text -e=sql -f=sqlfile --silent=text --outputformat=text
  single
  run      databases.statements
  may      destroys-data

usql
  options  -c,--command=sql -f,--file=sqlfile -o,--out=write -v,--set=text -q -w -X -A -t
  run      databases.statements
  may      destroys-data

cypher-shell
  options  -a,--address=database --uri=database -u=text -p=text -d=text -f,--file=sqlfile --format=text -P=text
  operands sql*
  run      databases.statements
  may      destroys-data

sqlite-utils
  > query
    operands read sql*
    run      databases.statements
  > drop-table drop-view
    operands edit text*
    traits   destroys-data
  > insert upsert create-table transform vacuum optimize
    operands edit guess*
  > tables schema rows views dump
    operands read text*
    traits   read-only

createdb createuser
  options  -h,--host=host -p,--port=text -U,--username=text -O,--owner=text -T,--template=text -E=text -w -W -s -d -P -e
           -l=text

dropdb dropuser
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=text -v,--verbose -f,--force -i
           --if-exists -e
  traits   destroys-data

pg_dump pg_dumpall
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=database -v,--verbose -f,--file=write
           -F,--format=text -t,--table=text -n,--schema=text -a -s -c,--clean -C -Z=text -j=text -T=text -N=text
           --exclude-table=text --exclude-table-data=text --no-owner --no-acl -O -x
  run      databases.statements

pg_restore
  options  -h,--host=host -p,--port=text -U,--username=text -W -w -d,--dbname=text -v -f,--file=write -F=text -j=text
           -t,--table=text -n,--schema=text -c,--clean!destroys-data -C,--create -a -s --no-owner --if-exists -l,--list
           -L=read -O -x
  operands read*

pg_basebackup
  options  -h,--host=host -p=text -U=text -D,--pgdata=write -F=text -X=text -P -v -R -z

pg_ctl pg_ctlcluster
  options  -D,--pgdata=text -l,--log=write -m=text -o=text -w -t=text
  > stop restart kill reload promote
    traits   controls-service
  > start status init initdb

initdb pg_isready psqlodbc pg_lsclusters
  options  -D,--pgdata=write -h,--host=host -p=text -U=text -d=text -A=text -E=text --pwfile=read

pg_dropcluster
  options  --stop
  traits   destroys-data

mysqldump mariadb-dump
  options  -h,--host=host -u,--user=text -p,--password=text? -r,--result-file=write -P=text --where=text -w=text
           --single-transaction --no-data --add-drop-table --databases --all-databases --defaults-file=read
           --ignore-table=text --defaults-extra-file=read --tab=write -T=write

mysqladmin mariadb-admin
  options  -h,--host=host -u,--user=text -p,--password=text? -P=text -S=text -f,--force
  > drop
    traits   destroys-data
  > shutdown kill
    traits   controls-service
  > ping status version variables processlist extended-status
    traits   read-only
  > create password flush-privileges

mysqlimport
  options  -h,--host=host -u,--user=text -p,--password=text? --local -d,--delete!destroys-data --fields-terminated-by=text
  operands text read*
"""
