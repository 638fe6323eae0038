"""Clients of clouds. What a table does not say of a subcommand, its words do (see verbs)."""

TABLE = r"""
aws
  options  --profile=text --region=text --output=text --query=text --endpoint-url=url --no-cli-pager --debug
           --cli-input-json=text --no-verify-ssl --no-sign-request --sql=statement --query-string=statement
           --policy-arn=text --cidr=text --principal=text
  run      infra.by_verb
  may      controls-service
  > s3
    >> rm
      options  --recursive --exclude=text --include=text --dryrun!read-only --quiet
      traits   destroys-data
    >> rb
      options  --force
      traits   destroys-infrastructure
    >> cp mv sync
      options  --recursive --exclude=text --include=text --acl=text --dryrun!read-only --sse=text? --quiet --content-type=text
               --cache-control=text --delete --metadata=text --storage-class=text
      run      infra.bucket
    >> presign
      traits   publishes
    >> ls
      traits   read-only
    >> mb website
      run      walk.standard
  > s3api
    >> put-bucket-policy put-bucket-acl put-object-acl put-public-access-block delete-public-access-block \
        put-bucket-website
      options  --acl=text --policy=text --bucket=text --key=text --public-access-block-configuration=text
      traits   publishes
    >> put-bucket-lifecycle-configuration put-bucket-lifecycle put-lifecycle-configuration
      options  --lifecycle-configuration=text --bucket=text
      traits   destroys-data
    >> put-object upload-part
      options  --body=read --bucket=text --key=text
      traits   publishes sends
    >> get-object
      options  --bucket=text --key=text
      operands write
      traits   read-only
  > configure
    >> export-credentials get
      traits   prints-environment
    >> list list-profiles
      traits   read-only
    >> set import sso
      run      walk.standard
  > sts
    >> get-session-token assume-role assume-role-with-saml assume-role-with-web-identity get-federation-token
      traits   prints-environment
  > iam
    >> attach-user-policy attach-role-policy attach-group-policy put-user-policy put-role-policy put-group-policy \
        add-user-to-group create-login-profile update-login-profile update-assume-role-policy create-policy-version \
        set-default-policy-version add-role-to-instance-profile deactivate-mfa-device \
        delete-account-password-policy put-user-permissions-boundary delete-user-permissions-boundary
      traits   privileged
    >> create-access-key create-service-specific-credential reset-service-specific-credential
      traits   prints-environment
  > ec2
    >> authorize-security-group-ingress modify-snapshot-attribute modify-image-attribute
      options  --group-id=text --protocol=text --port=text --cidr=text --source-group=text
      traits   publishes
    >> get-password-data
      traits   prints-environment
    >> create-key-pair
      traits   prints-environment
  > ssm
    >> get-parameter get-parameters get-parameters-by-path
      options  --with-decryption!prints-environment --name=text --names=text --path=text --recursive
      run      walk.standard
    >> send-command start-session
      options  --parameters=remote-text --document-name=text --targets=text --instance-ids=text --target=text
               --comment=text
      traits   privileged
      run      containers.parameters
  > secretsmanager
    >> get-secret-value batch-get-secret-value
      options  --secret-id=text
      traits   prints-environment
    >> get-random-password
      traits   read-only
  > ecr ecr-public codeartifact
    >> get-login-password get-authorization-token
      traits   prints-environment
    >> put-image
      traits   publishes
  > lambda
    >> update-function-code publish-version publish-layer-version update-alias
      options  --function-name=text --s3-bucket=text --s3-key=text --image-uri=text
      traits   publishes
    >> invoke
      options  --function-name=text --payload=text --cli-binary-format=text
      operands write
      run      infra.invokes
  > cloudformation
    >> execute-change-set update-stack create-stack
      options  --template-body=text --stack-name=text --parameters=text --capabilities=text
      traits   publishes
    >> validate-template
      traits   read-only
  > ecs
    >> update-service
      options  --force-new-deployment!publishes --desired-count=text --cluster=text --service=text
    >> execute-command
      options  --command=remote-text --cluster=text --task=text --container=text --interactive
      run      containers.text_inside
  > sns ses sesv2 sqs
    >> publish send-email send-raw-email send-message
      options  --message=text --topic-arn=text --from=text --to=text --message-body=text --queue-url=text
      traits   publishes
  > cloudtrail
    >> stop-logging delete-trail put-event-selectors
      traits   destroys-infrastructure
  > kms
    >> schedule-key-deletion disable-key
      traits   destroys-data
    >> decrypt generate-data-key
      traits   prints-environment
  > sso
    >> login logout
      run      walk.standard

gcloud
  options  --project=text --region=text --zone=text --format=text --account=text -q,--quiet --filter=text
           --configuration=text --impersonate-service-account=text --limit=text --verbosity=text
           --sql=statement --ddl=statement
  run      infra.by_verb
  may      destroys-infrastructure publishes sends
  > auth
    >> print-access-token print-identity-token
      traits   prints-environment
    >> application-default
      >>> print-access-token
        traits   prints-environment
    >> list
      traits   read-only
    >> login activate-service-account revoke configure-docker
      run      walk.standard
  > projects organizations
    >> add-iam-policy-binding set-iam-policy remove-iam-policy-binding
      options  --member=text --role=text
      traits   privileged
  > iam
    >> service-accounts
      >>> keys
        >>>> create
          options  --iam-account=text
          operands write
          traits   prints-environment
  > compute
    >> ssh
      options  --command=remote-text --zone=text --tunnel-through-iap
      run      containers.text_inside
    >> scp
      options  --recurse --zone=text
      operands place-read* place-write
      run      walk.standard
  > sql
    >> instances
      >>> delete restore-backup reset-ssl-config
        traits   destroys-data
  > storage
    >> rm
      options  -r,--recursive
      traits   destroys-data
    >> cp mv rsync
      options  -r,--recursive -n
      run      infra.bucket
    >> ls cat du
      traits   read-only
  > container
    >> clusters
      >>> get-credentials
        traits
  > config
    >> list get-value get configurations
      traits   read-only
    >> set unset
      run      walk.standard

bq
  options  --project_id=text --dataset_id=text --location=text --format=text --use_legacy_sql=text? --nouse_legacy_sql
           --destination_table=text --max_rows=text --dry_run --quiet --headless
  > query
    options  -n=text --replace --parameter=text
    operands sql*
    run      databases.statements
  > rm
    options  -f,--force -r,--recursive -t -d
    traits   destroys-data
  > load insert
    options  --source_format=text --autodetect --replace
    operands text guess*
  > extract
    traits   sends
  > cp mk update
  > ls show head version
    traits   read-only

gsutil
  options  -m -q -D -o=text -h=text
  may      sends
  > rm
    options  -r -f -a
    traits   destroys-data
  > rb
    traits   destroys-infrastructure
  > cp
    options  -r,--recursive -n
    run      infra.bucket
  > rsync
    options  -r,--recursive -d -n -x=text
    run      infra.bucket
  > mv
    run      infra.bucket
  > ls du stat version
    traits   read-only
  > cat
    operands url*
    traits   read-only
    fetches
  > acl iam defacl signurl web
    traits   publishes
  > mb setmeta

az
  options  --subscription=text -g,--resource-group=text -n,--name=text -o,--output=text --query=text -l,--location=text
           --debug --verbose --only-show-errors -y,--yes --no-wait --ids=text
  run      infra.by_verb
  may      destroys-data destroys-infrastructure prints-environment
  > account
    >> get-access-token
      traits   prints-environment
  > keyvault
    >> secret key certificate
      >>> show download
        options  --vault-name=text --file=write -f=write --id=text
        traits   prints-environment
  > storage
    >> account
      >>> keys
        traits   prints-environment
      >>> show-connection-string
        traits   prints-environment
    >> blob
      >>> download
        options  -f,--file=write -c,--container-name=text -n=text --account-name=text
      >>> download-batch
        options  -d,--destination=fills -s,--source=text --pattern=text --account-name=text
    >> file
      >>> download
        options  --dest=fills -s,--share-name=text -p,--path=text --account-name=text
      >>> download-batch
        options  -d,--destination=fills -s,--source=text --pattern=text --account-name=text
  > acr
    >> credential
      traits   prints-environment
    >> login
      run      walk.standard
    >> build
      options  -t,--image=text -f,--file=read -r,--registry=text
      operands read
      traits   publishes
  > cosmosdb redis
    >> keys list-keys list-connection-strings
      traits   prints-environment
  > ad
    >> sp
      >>> create-for-rbac
        traits   prints-environment
      >>> credential
        traits   prints-environment
    >> app
      >>> credential
        traits   prints-environment
  > role
    >> assignment definition
      >>> create delete update
        options  --assignee=text --role=text --scope=text
        traits   privileged
  > vm
    >> run-command
      options  --scripts=remote-text --command-id=text
      run      containers.text_inside
  > webapp functionapp
    >> deployment
      >>> list-publishing-credentials list-publishing-profiles
        traits   prints-environment
    >> up
      traits   publishes
    >> config
      >>> appsettings
        >>>> list
          traits   prints-environment
  > rest
    options  -m,--method=text --url=url --uri=url -u=url -b,--body=text
    run      infra.rest
  > aks
    >> get-credentials
      traits
  > login logout configure
    run      walk.standard

azd
  options  -e=text -C=enter --no-prompt
  > up deploy
    traits   publishes
  > down
    options  --force --purge
    traits   destroys-infrastructure
  > show monitor version
    traits   read-only
  > init package provision auth env

oci doctl hcloud linode-cli ibmcloud scw exo upctl vultr-cli civo yc aliyun tccli openstack nova govc eksctl kops \
    databricks copilot-cli eb sam
  options  --profile=text -t=text --context=text -o,--output=text --format=text --region=text -q,--quiet -y,--yes
           -f,--force
  run      infra.by_verb
  may      destroys-infrastructure publishes

awslocal tflocal samlocal cdklocal localstack
"""
