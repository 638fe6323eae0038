"""Pages cannot rot: links resolve, everything that can be typed or set is documented, every quoted message is real."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from agentguard import config, errors
from agentguard.cli import reference
from agentguard.deploy import plan, targets
from agentguard.deploy.choices import CHOICES
from agentguard.hook import messages
from agentguard.policy.model import DENY, Decision

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


def anchors(text):
    """Return the names by which headings are linked to, as GitHub makes them."""
    titles = re.findall(r"(?m)^#+ (.*)$", re.sub(r"(?s)```.*?```", "", text))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_resolve(page):
    """To a file that is there, and to a heading that it has."""
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", TEXTS[page]):
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not heading or heading in anchors(TEXTS[found]), target


def test_every_page_is_in_the_index():
    """docs/README.md leads to each."""
    linked = {
        (DOCS / target.partition("#")[0]).resolve()
        for target in re.findall(r"\]\(([^)]+)\)", TEXTS[DOCS / "README.md"])
    }
    assert set() == {page for page in PAGES if page.parent.name != ROOT.name and DOCS in page.parents} - linked - {
        DOCS / "README.md"
    }


def test_the_commands_in_docs_are_those_of_the_program():
    """`scripts/generate-packs` after every change of a command or an option."""
    assert reference.page() == TEXTS[DOCS / "cli-reference.md"]


def test_every_command_and_option_explains_itself():
    """An option without a help text would be an empty cell, and each command shows how it is used."""
    for path, command in reference.commands():
        assert "Example" in (command.help or ""), path
        for option in command.params:
            assert option.param_type_name != "option" or option.help, (path, option.name)


def test_every_setting_is_documented():
    """Of deploy.toml, and of the configuration that root owns."""
    page = TEXTS[DOCS / "deploy-reference.md"]
    names = [*plan.KEYS, *plan.PATHS, *CHOICES, *(one.name for one in config.SETTINGS)]
    assert [] == [name for name in names if f"| `{name}` |" not in page]
    assert [] == [name for name in targets.TARGETS if f"`[{name}]`" not in page]


def test_no_variable_of_agentguards_own_is_read():
    """The pages say so; a variable could be set by an agent."""
    sources = (ROOT / "agentguard").rglob("*.py")
    assert [] == [str(path) for path in sources if re.search(r"AGENTGUARD_[A-Z]", path.read_text(encoding="utf-8"))]


def test_the_table_of_exit_codes_is_the_one_in_the_code():
    """The same five in all places where it is printed."""
    rows = "\n".join(f"| {code} | {meaning} |" for code, meaning in errors.EXIT_CODES.items())
    assert all(rows in TEXTS[DOCS / name] for name in ("exit-codes.md", "cli-reference.md"))
    assert list(map(str, errors.EXIT_CODES)) == re.findall(r"(?m)^\| (\d+) \|", TEXTS[ROOT / "README.md"])


def test_every_word_for_an_error_is_on_the_page():
    """Those of the tree of errors, and those that a place gives to one of its own; and no others."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "agentguard").rglob("*.py")]
    given = {word for text in sources for word in re.findall(r'\bcode ?= ?"([a-z-]+)"', text)}
    section = TEXTS[DOCS / "exit-codes.md"].partition("## The words")[2]
    said = re.findall(r"`([a-z-]+)`", " ".join(re.findall(r"(?m)^\| (`[^|]*) \|", section)))
    assert sorted(given) == sorted(said)


def test_the_prices_in_the_faq_are_the_limits_that_are_measured():
    """Ratios to a bare interpreter, as `scripts/bench --check` holds them."""
    said = re.search(r"(?s)## How slow is it\?(.*?)\n## ", TEXTS[DOCS / "developer-faq.md"])[1]
    limits = dict(re.findall(r'"([a-z]+, (?:root-owned|verified))": ([\d.]+)', (ROOT / "scripts/bench").read_text()))
    names = ("read, root-owned", "bash, root-owned", "outcome, root-owned", "read, verified", "bash, verified")
    assert [limits[name] for name in names] == re.findall(r"\d\.\d", said)


def test_what_goes_into_containers_is_as_the_tables_say():
    """The places are those of a Linux machine, the snippets can be read, and deploy.toml takes the one for CI."""
    page, linux = TEXTS[DOCS / "environments.md"], targets.TARGETS[targets.LINUX]
    for place in (linux.code, os.path.dirname(linux.config), linux.state, f"{linux.drop_ins}/{targets.DROP_IN}"):
        assert f"| `{place}` |" in page
    snippets = dict(re.findall(r"(?s)```(json|toml|dockerfile)\n(.*?)```", page))
    started = json.loads(snippets["json"])["postStartCommand"].removeprefix("sudo ").removesuffix(" || true")
    assert f"NOPASSWD: {started}'" in snippets["dockerfile"]
    assert {"agentguard": {"device_kind": "ci"}} == tomllib.loads(snippets["toml"])
    assert "ci" in config.checked(tomllib.loads(snippets["toml"])["agentguard"], "page").values()


def texts_of_the_program():
    """Yield the sources of the program, texts that go over several lines put together, and what the hook says as a whole."""
    for path in (ROOT / "agentguard").rglob("*.py"):
        yield re.sub(r'"\n\s*f?"', "", path.read_text(encoding="utf-8"))
    for path in (ROOT / "tests" / "golden").rglob("*.txt"):
        yield path.read_text(encoding="utf-8")
    yield messages.for_error("…")
    yield messages.for_person(Decision(DENY, DENY, rule="default:invalid"), "fallback r0", "")


def quoted(text):
    """Yield the messages that a page quotes: lines after `>`, and code in the first column of a table."""
    yield from re.findall(r"(?m)^> (.*)$", text)
    for cell in re.findall(r"(?m)^\| ([^|]*`[^|]*) \|", text):
        yield from re.findall(r"`([^`]+)`", cell)


def test_every_quoted_message_is_one_that_the_program_has():
    """Whoever changes a message finds the page that explains it."""
    known = "\0".join(texts_of_the_program())
    messages_of_page = list(quoted(TEXTS[DOCS / "troubleshooting.md"]))
    assert 40 < len(messages_of_page)
    for message in messages_of_page:
        pieces = [piece.strip() for piece in message.split("…") if len(piece.strip()) > 1]
        assert message in known or all(piece in known for piece in pieces), message
