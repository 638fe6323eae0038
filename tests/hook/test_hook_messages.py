"""What people and models read: bounded, one line, printable, redacted."""

from hypothesis import given
from hypothesis import strategies as st

from agentguard.hook import messages
from agentguard.policy.model import ASK, DENY, Decision

DECISION = Decision(
    DENY, DENY, rule="secrets/file", reason="Credentials must stay out of the model's context",
    remedy="Ask the person to run the step that needs the credential",
)  # fmt: skip


def same(text):
    return text


def test_model_is_told_what_why_what_instead_and_not_to_try_variants():
    """The whole text, as a model reads it."""
    assert (
        "Denied by policy (secrets/file): Credentials must stay out of the model's context. Instead: Ask the "
        "person to run the step that needs the credential. Try no other way to the same result; if that does not help, "
        "tell the person."
    ) == messages.for_model(DECISION, same)


def test_person_is_told_rule_revision_and_what_to_quote():
    """The whole line, as a person reads it."""
    expected = "agentguard blocked this: secrets/file (baseline r7); exception: agentguard exception request 3f2a"
    assert expected == messages.for_person(DECISION, "baseline r7", "3f2a")


def test_built_in_rules_offer_no_exception():
    """Nothing lifts the built-in pack, so nobody is sent to ask for it."""
    decision = Decision(DENY, DENY, rule="agentguard/own-files")
    expected = "agentguard blocked this: agentguard/own-files (baseline r7); nothing lifts this rule"
    assert expected == messages.for_person(decision, "baseline r7", "x")


def test_a_rule_that_no_exception_may_lift_offers_none():
    """The person is not sent to ask for what cannot be granted."""
    decision = Decision(DENY, DENY, rule="delete/system-or-home", excusable=False)
    way = "no exception lifts it; quote 3f2a to whoever publishes it"
    expected = f"agentguard blocked this: delete/system-or-home (baseline r7); {way}"
    assert expected == messages.for_person(decision, "baseline r7", "3f2a")


def test_defaults_have_no_rule_to_lift():
    """An exception lifts one rule; where none decided, whoever publishes the policy is the one to ask."""
    decision = Decision(ASK, ASK, rule="default:opaque")
    expected = (
        "agentguard asks about this: default:opaque (baseline r7); to change that, quote 3f2a to whoever publishes it"
    )
    assert expected == messages.for_person(decision, "baseline r7", "3f2a")


def test_texts_are_redacted():
    """Reason and remedy pass the redaction before anybody reads them."""
    decision = Decision(DENY, DENY, rule="r/s", reason="token hunter2 in reason", remedy="use hunter2")
    assert "hunter2" not in messages.for_model(decision, lambda text: text.replace("hunter2", "***"))


@given(reason=st.text(max_size=2000), remedy=st.text(max_size=2000), effect=st.sampled_from([ASK, DENY]))
def test_limits_hold_for_any_text(reason, remedy, effect):
    """Model texts have at most 400 characters, lines for people at most 160, and all are one printable line."""
    decision = Decision(effect, effect, rule="some/rule-with-a-name", reason=reason, remedy=remedy)
    model = messages.for_model(decision, same)
    person = messages.for_person(decision, "a-bundle-with-a-name r123456", "01234567-89ab-cdef")
    assert len(model) <= messages.MODEL_LIMIT
    assert len(person) <= messages.PERSON_LIMIT
    assert model.isprintable()
    assert person.isprintable()


@given(st.text(max_size=1000))
def test_error_sentence_is_bounded_and_says_what_to_type(what):
    """Whatever went wrong, the sentence fits and is printable."""
    text = messages.for_error(what[:150])
    assert len(text) <= messages.MODEL_LIMIT
    assert text.isprintable()
