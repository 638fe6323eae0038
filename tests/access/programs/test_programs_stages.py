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
