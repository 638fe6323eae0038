"""What keeps secrets: gpg(1), security(1), vault and the clients of password managers."""

TABLE = r"""
vault bao
  options  -address=url -namespace=text -format=text -field=text -mount=text
  single
  > read
    traits   prints-environment
  > kv
    >> get
      traits   prints-environment
    >> delete destroy metadata
      traits   destroys-data
    >> put patch
      operands text field*
    >> list
      traits   read-only
  > delete
    traits   destroys-data
  > policy secrets auth audit
    >> disable delete
      traits   destroys-data
    >> list
      traits   read-only
    >> write
      traits   privileged
    >> enable tune move
  > token
    >> create
      traits   prints-environment
    >> lookup capabilities
      traits   read-only
    >> revoke
      traits   destroys-data
  > operator
    >> seal step-down raft
      traits   controls-service
    >> init unseal generate-root rekey
      traits   prints-environment
  > lease
    >> revoke
      traits   destroys-data
    >> lookup
      traits   read-only
  > login write unwrap server agent
  > status version list path-help
    traits   read-only

gpg gpg2
  run      keys.decrypts
  options  -d,--decrypt -e,--encrypt -o,--output=write -r,--recipient=text -s,--sign -b --verify -c --import=read?
           --export-secret-keys!prints-environment --export-secret-subkeys!prints-environment --export -a,--armor
           -u=text --homedir=text --keyserver=host --recv-keys --passphrase=text --batch
           --delete-secret-keys!destroys-data --delete-secret-key!destroys-data
           --delete-secret-and-public-key!destroys-data --delete-keys -k,--list-keys -K --fingerprint --search-keys
  operands guess*
  instead  --recv-keys text*
  instead  --list-keys text*
  instead  --search-keys text*

security
  > find-generic-password find-internet-password
    options  -w!prints-environment -g!prints-environment -s=text -a=text
  > dump-keychain export
    traits   prints-environment
  > delete-keychain delete-generic-password delete-internet-password delete-identity delete-certificate
    traits   destroys-data
  > add-trusted-cert authorizationdb
    traits   privileged
  > list-keychains find-identity find-certificate show-keychain-info
    traits   read-only

age rage
  options  -d,--decrypt -e,--encrypt -i,--identity=read -r=text -R=read -o,--output=write -p -a
  operands read
  run      keys.decrypts
  may      prints-environment

keyctl
  > print pipe read
    traits   prints-environment
  > show list rlist describe rdescribe search request
    traits   read-only
  > clear revoke unlink invalidate purge
    traits   destroys-data
  > add padd update link newring session setperm timeout chown

credstash keyring secret-tool
  options  -s=text
  > read get getall env export list-all lookup search
    traits   prints-environment
  > delete del clear
    traits   destroys-data
  > set write store put list
"""
