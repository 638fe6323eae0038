"""What words say about commands that have no entry of their own."""

import pytest

from agentguard.access.programs import verbs

CASES = """
delete x => destroys-infrastructure
--profile x group delete -n y => destroys-infrastructure
--verbose destroy x => destroys-infrastructure
apps:destroy x => destroys-infrastructure
delete-bucket b => destroys-infrastructure
batch-delete b => destroys-infrastructure
deleteMany => destroys-infrastructure
servers terminate-all => destroys-infrastructure
delete --dry-run=false x => destroys-infrastructure
delete -- --dry-run => destroys-infrastructure
db reset => destroys-data
pg:reset => destroys-data
queue:purge => destroys-data
drop mydb => destroys-data
deploy => publishes
theme publish => publishes
deploy --plan big => publishes
deploy-preview => publishes
list => read-only
deploy list => read-only
list delete => read-only
search issues delete => read-only
help delete => read-only
get token => prints-environment
secret show x => prints-environment
create-access-key => prints-environment
tokens list => read-only
delete-access-key x => destroys-infrastructure
update-access-key x =>
delete --dry-run x =>
delete x --help =>
destroy x help =>
deploy --plan =>
reset =>
cache clear =>
cache delete =>
run test-delete =>
create drop-box =>
./x delete =>
build =>
"""

OF_INFRASTRUCTURE = """
run services delete x => destroys-infrastructure
run deploy x => publishes
logging logs delete x => destroys-infrastructure
access-context-manager policies delete x => destroys-infrastructure
appservice plan delete -n x => destroys-infrastructure
ec2 release-address => destroys-infrastructure
cache delete x => destroys-infrastructure
ec2 stop-instances => controls-service
compute instances create delete-me =>
config set project delete =>
deploy releases list => read-only
"""


def lines(text):
    """Return (words, expected) of each line."""
    return [(line.partition("=>")[0].split(), line.partition("=>")[2].split()) for line in text.strip().split("\n")]


@pytest.mark.parametrize(("words", "expected"), lines(CASES), ids=str)
def test_the_first_verb_says_what_an_unknown_program_does(words, expected):
    """Nouns, compound words, options with values, what is only tried, and operands that look like verbs."""
    assert set(expected) == verbs.traits(words)


@pytest.mark.parametrize(("words", "expected"), lines(OF_INFRASTRUCTURE), ids=str)
def test_clouds_have_nouns_where_others_have_verbs(words, expected):
    """A few more verbs count for what handles infrastructure, and `run` is a service there."""
    assert set(expected) == verbs.traits(words, infrastructure=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deploy.sh", "publishes"), ("deploy", "publishes"), ("publish_all.py", "publishes"), ("reset-db.sh", "destroys-data"),
        ("drop-database", "destroys-data"), ("destroy.rb", "destroys-infrastructure"), ("run.sh", ""), ("reset.sh", ""),
        ("deploy-helpers.sh", ""), ("test-deploy.sh", ""), ("push.sh", ""), ("app", ""), ("list.sh", ""), ("1.2", ""),
    ],
)  # fmt: skip
def test_a_script_whose_name_is_such_a_verb_says_so(name, expected):
    """`./deploy.sh` deploys; `./deploy-helpers.sh` may do anything."""
    assert set(expected.split()) == verbs.named(name)
