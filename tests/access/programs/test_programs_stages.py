"""Names that say whether people use what a command acts on."""

import pytest

from agentguard.access.programs import stages
from agentguard.access.shell.interpret import interpret


@pytest.mark.parametrize(
    "name", ["prod", "gke_acme_europe-west1_prod", "eu-production", "inventories/live/hosts.ini", "PRD"]
)
def test_such_names_mean_what_people_use(name):
    """A word of the name says it."""
    assert stages.is_used(name)


@pytest.mark.parametrize("name", ["", "dev", "nonprod", "pre-prod", "prod-test", "product-api", "kind-prod", "alive"])
def test_such_names_do_not(name):
    """What is for trying out says so, and a part of a word is no word."""
    assert not stages.is_used(name)


@pytest.mark.parametrize(
    ("command", "context", "publishes"),
    [
        ("kubectl apply -f k8s/", "arn:aws:eks:eu-west-1:1:cluster/prod", True),
        ("kubectl apply -f k8s/", "kind-dev", False),
        ("kubectl apply -f k8s/ --context kind-dev", "prod", False),
        ("kubectl apply -f k8s/ --dry-run=client", "prod", False),
        ("helm upgrade app ./chart", "prod", True),
        ("kubectl get pods", "prod", False),
    ],
)
def test_the_current_context_counts_where_no_option_names_one(worlds, command, context, publishes):
    """Without an option both tools take the current context of their settings."""
    world = worlds({"/home/dev/.kube/config": f"apiVersion: v1\ncurrent-context: {context}\n".encode()})
    rows = interpret(command, "/home/dev/project", world, "Bash").rows
    assert publishes == any("publishes" in row.origin.traits for row in rows)


@pytest.mark.parametrize(
    ("command", "destroys"),
    [
        ("dropdb --if-exists app_test", False),
        ("dropdb app", True),
        ("dropdb prod_test", True),
        ("PGHOST=db.acme.dev dropdb app_test", True),
        ("ssh db.acme.dev dropdb app_test", True),
        ("psql postgres://u:p@localhost/app_test -c 'DROP TABLE a'", False),
        ("psql postgres://u:p@db.acme.dev/app_test -c 'DROP TABLE a'", True),
        ("psql app -c 'DROP TABLE test_a'", True),
        ("sqlite3 /tmp/a.db 'DROP TABLE a'", False),
        ("sqlite3 app.db 'DROP TABLE a'", True),
        ("sqlite3 test.db \"ATTACH 'app.db' AS p; DROP TABLE p.a\"", True),
        ("psql app test -c 'DROP TABLE a'", True),
        ("psql app_test -c 'DROP DATABASE app'", True),
        ("psql app_test -c 'DROP SCHEMA public CASCADE'", False),
        ("mysql app_test -e 'DROP TABLE app.a'", True),
        ("mysql app_test -e 'USE app; DROP TABLE a'", True),
        ("psql 'postgres://localhost/app?application_name=test' -c 'DROP TABLE a'", True),
        ("NODE_ENV=test npx prisma migrate reset --force", True),
        ("docker compose -f docker-compose.test.yml -f docker-compose.yml down -v", True),
        ("kubectl -n test delete pod --all", False),
        ("kubectl -n test delete ns production", True),
        ("kubectl -n test delete pod --all --all-namespaces", True),
        ("MIX_ENV=test mix ecto.drop", False),
        ("mix ecto.drop", True),
        ("DATABASE_URL=postgres://db.acme.dev/app RAILS_ENV=test rails db:drop", True),
        ("docker rm -fv api-test", False),
        ("docker rm -f api", False),
        ("docker rm -f db", True),
        ("docker rm -f $(docker ps -aq)", True),
        ("docker compose -f docker-compose.test.yml down -v", False),
        ("docker -H ssh://ops@db.acme.dev rm -fv api-test", True),
        ("kubectl --context kind-ci delete pod a", False),
        ("kubectl delete pod a", True),
        ("aws --endpoint-url http://localhost:4566 s3 rb s3://b --force", False),
        ("aws s3 rb s3://test --force", True),
    ],
)
def test_what_was_made_for_tests_is_no_loss(worlds, command, destroys):
    """Only on this machine, and only where all that is named says so."""
    rows = interpret(command, "/home/dev/project", worlds(), "Bash").rows
    assert destroys == any(row.origin.traits & stages.DESTROYS for row in rows)
