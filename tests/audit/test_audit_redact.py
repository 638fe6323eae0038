"""Redaction: what is found, what is left alone, and the laws it keeps."""

# ruff: noqa: RUF001 - marks are made of these characters

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.audit import redact, scan, shapes
from agentguard.audit.redact import Redactor

KEY = b"k" * 32


def samples():
    """Return (type, text with a secret, near miss) of every line of the table."""
    text = (Path(__file__).parent / "secret_shapes.txt").read_text()
    rows = [row for row in text.splitlines() if row and not row.startswith("#")]
    return [tuple(part.replace(" + ", "").replace("\\n", "\n") for part in row.split(" | ")) for row in rows]


SAMPLES = samples()


@pytest.mark.parametrize(("kind", "text", "near"), SAMPLES)
def test_secret_is_found_and_its_near_miss_is_left_alone(kind, text, near):
    """Each shape finds its sample under its own name, and does not touch what only looks like it."""
    redactor = Redactor(KEY)
    assert text != redactor.text(text)
    assert kind in redactor.found
    other = Redactor(KEY)
    assert near == other.text(near)
    assert {} == other.found


@pytest.mark.parametrize(("kind", "text", "near"), SAMPLES)
def test_no_part_of_a_secret_survives(kind, text, near):
    """What was found is nowhere in what comes out."""
    secrets = [text[start:end] for start, end, _kind, _strong in scan.secrets(text)]
    clean = Redactor(KEY).text(text)
    assert secrets
    assert [] == [secret for secret in secrets if secret in clean]


def test_every_shape_has_a_sample():
    """A row of the tables without a sample would be a row that nobody has tried."""
    texts = [text for _kind, text, _near in SAMPLES]
    tables = (
        [(row[0], row[1]) for row in (*shapes.TOKENS, *shapes.ADDRESSES)]
        + [(kind, word) for kind, word, _alone in shapes.ASSIGNMENTS]
        + [(kind, infix) for kind, _chars, _least, infix, *_ in shapes.INFIXES]
        + list(shapes.QUOTED)
        + [(kind, f"{command} {option}") for kind, command, option, _how in shapes.OPTIONS]
        + [(kind, command) for kind, command, _separator in shapes.FED]
    )
    shown = [text.lower() for text in texts]
    missing = [row for row in tables if not any(all(word in text for word in row[1].lower().split()) for text in shown)]
    assert [] == missing
    assert 60 <= len({word for _kind, word in tables})


def test_every_shape_has_an_anchor():
    """The quick look lets no text pass that the tables would find something in."""
    redactor = Redactor(KEY)
    words = [row[1] for row in (*shapes.TOKENS, *shapes.ADDRESSES, *shapes.ASSIGNMENTS, *shapes.QUOTED, *shapes.FED)]
    words += [row[3] for row in shapes.INFIXES]
    words += [row[1] for row in shapes.OPTIONS if row[3] != shapes.NAMED]  # in the others there is a key word
    words += ["-----BEGIN PRIVATE KEY-----", "x://a:b@c", "AUTHORIZATION:", "BEARER x"]
    assert [] == [word for word in words if not redactor.needed(f"a {word} b")]


FRAGMENTS = [text for _kind, text, _near in SAMPLES] + [
    "password", "token", "=", ":", " ", "'", '"', "\\", "\n", "--", "-p", "›", "‹", "‹password›", "‹token:", "deadbeef",
    "$", "{", "}", "ghp_", "sk-", "eyJ", ".", "@", "://", "Authorization:", "Bearer ", "cookie", ";", "mysql ", "curl ",
    "-u ", "İ", "\udc80", "-----BEGIN ", "PRIVATE KEY-----", '\\"', "]", "AKIA", "A" * 20, "0" * 40,
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join))
def test_redacting_twice_changes_nothing(text):
    """What has been redacted stays as it is, also for somebody who has not seen the first time."""
    redactor = Redactor(KEY)
    once = redactor.text(text)
    assert once == redactor.text(once)
    assert once == Redactor(KEY).text(once)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_taken(text):
    """Any text gives a text, and one without an anchor gives itself."""
    redactor = Redactor(KEY)
    clean = redactor.text(text)
    assert isinstance(clean, str)
    assert redactor.needed(text) or clean == text


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.text(alphabet=" \n/,;|()", min_size=1, max_size=5),
    st.text(alphabet="abc /", max_size=5),
)
def test_a_secret_is_found_wherever_it_stands(sample, before, after):
    """Text round a secret does not hide it."""
    _kind, text, _near = sample
    redactor = Redactor(KEY)
    assert text not in redactor.text(f"{before}{text}\n{after}")
    assert redactor.found


TOKEN = "ghp_" + "a1" * 18


@pytest.mark.parametrize(
    "before",
    ["\\n", "\\t", "\\r", '\\"', "\\u0022", "\\x3d", "%3D", "%20", "%22", "-t", "'-t", "x_", "x=", "x y-", "a\\\\n"],
)
def test_token_is_found_right_after_what_is_no_letter(before):
    """An escape, a percent triplet and a one-letter option end the word before a token, as JSON and printf write them."""
    assert f"{before}‹github-token" in Redactor(KEY).text(before + TOKEN)


@pytest.mark.parametrize("before", ["x", "9", "nn", "%3", "3D", "%zz", "x-tt", "a-t", "u0022", "\\u002", "\\q", "--t"])
def test_token_inside_a_word_is_none(before):
    """What only looks like an escape or an option is a part of the word."""
    assert before + TOKEN == Redactor(KEY).text(before + TOKEN)


def test_command_in_quotes_ends_with_them():
    """What stands behind the quotes is no part of a password inside them."""
    redactor = Redactor(KEY)
    assert 'sh -c "mysql -p‹password›" && ls' == redactor.text('sh -c "mysql -phunter2" && ls')
    assert "-p=‹password›" == redactor.text("-p=hunter2")


def test_equal_secrets_look_equal_on_one_device_only():
    """The mark of a strong secret tells equal from different, and says nothing without the device's key."""
    one, two = "ghp_" + "a1" * 18, "ghp_" + "b2" * 18
    redactor = Redactor(KEY)
    assert redactor.text(one) == redactor.text(f"x {one}")[2:]
    assert redactor.text(one) != redactor.text(two)
    assert redactor.text(one) != Redactor(b"j" * 32).text(one)
    assert "‹github-token›" == Redactor(b"").text(one)


def test_passwords_get_no_fingerprint():
    """What can be guessed is not shown as a hash that a guess could be compared with."""
    assert "mysql -p‹password› db" == Redactor(KEY).text("mysql -phunter2 db")


def test_secret_is_known_where_it_stands_alone():
    """A password that only its place gives away is hidden among the arguments too, in the spelling without quotes."""
    redactor = Redactor(KEY)
    redactor.text("sshpass -p 'hun ter' ssh host && curl -u alice:secret1 x && mysql -psecret2")
    assert "‹password›" == redactor.text("hun ter")
    assert "alice:‹password›" == redactor.text("alice:secret1")
    assert "-p‹password›" == redactor.text("-psecret2")
    assert "alice" == redactor.text("alice")


@pytest.mark.parametrize(
    ("secret", "text", "clean"),
    [
        ("hunter2", "--user=a:hunter2", "--user=a:‹password›"),
        ("hunter2", "/srv/xhunter2y", "/srv/x‹password›y"),
        ("pw1", "--user=a%pw1", "--user=a%‹password›"),
        ("pw1", "/srv/pw1/x", "/srv/pw1/x"),
        ("pw1", "pw1.py pw1-a a_pw1", "pw1.py pw1-a a_pw1"),
        ("pw1", "'pw1' (pw1)", "'‹password›' (‹password›)"),
        ("0", "a=0", "a=0"),
        ("pw1", "a pw1.", "a ‹password›."),
        ("pw1", "/srv/pw12", "/srv/pw12"),
        ("x", "-p=x", "-p=‹password›"),
        ("x", "a:x", "a:‹password›"),
        ("x", "tar x f", "tar x f"),
        ("x", "/x/y", "/x/y"),
        ("password", "the password", "the password"),
    ],
)
def test_known_secret_is_found_in_other_texts(secret, text, clean):
    """A long one anywhere, a short one as a word, the shortest as a value; a key word that is a password stays."""
    redactor = Redactor(KEY)
    redactor.text(f"sshpass -p {secret} ssh host")
    assert clean == redactor.text(text)
    assert clean == redactor.text(clean)


def test_text_full_of_secrets_is_hidden_whole():
    """However many ways there are to read it: looking for all of them would take too long."""
    redactor = Redactor(KEY)
    redactor.text("; ".join(f"mysql -p{'a' * count}" for count in range(6, 40)))
    assert "‹password›" == redactor.text("a" * 60_000)
    assert "b ‹password› b" == redactor.text(f"b {'a' * 7} b")


def test_secret_is_hidden_where_it_stood_before_it_was_known():
    """A second look at what was redacted before finds what was learnt since, and leaves marks alone."""
    redactor = Redactor(KEY)
    before = redactor.text("cat /srv/hunter2 password=s3cr3t")
    redactor.text("sshpass -p hunter2 ssh host; sshpass -p password x")
    assert "cat /srv/‹password› password=‹password›" == redactor.again(before)


def test_key_is_asked_for_only_when_it_is_needed():
    """A record without a secret does not open the key's file."""
    asked = []

    def key():
        asked.append(1)
        return KEY

    redactor = Redactor(key)
    redactor.text("ls -l")
    assert [] == asked
    redactor.text("ghp_" + "a1" * 18)
    redactor.text("ghp_" + "b1" * 18)
    assert [1] == asked


def test_findings_are_counted_by_type():
    """The record says how many secrets of which type were taken out."""
    redactor = Redactor(KEY)
    redactor.text("PASSWORD=a PASSWORD=b ghp_" + "a1" * 18)
    assert {"password": 2, "github-token": 1} == redactor.found


def test_types_in_marks_are_known():
    """A text that only looks like a mark is no mark."""
    assert redact.Redactor(KEY).text("password=‹hunter2›") == "password=‹password›"
    assert redact.Redactor(KEY).text("password=‹password›x") == "password=‹password›"
