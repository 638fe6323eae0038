"""agentguard for oneself: from nothing to a hook that observes, and from observing to enforcing.

Every step can be repeated. Whatever can be refused is looked at before anything is written, and the agent's settings
come last, so that they never name a hook that is not there.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from agentguard.deploy import install, selftest, settings, solo
from agentguard.errors import BundleError, ConfigError, Refused
from agentguard.policy.model import ENFORCE, OBSERVE
from agentguard.sync.status import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.bundle.seal import Active
    from agentguard.deploy.selftest import Check
    from agentguard.places import Places

_ORG = "personal"


class Done(NamedTuple):
    """What is set up now.

    `policy` is "NAME revision N", `expires` the time (UTC) before which it must be signed anew, `mode` ENFORCE or
    OBSERVE, `own` whether the policy is signed by a key of this person's, `encrypted` whether that key has a
    passphrase. `hook` and `cli` are argvs. `checks` are the calls that were sent through the settings, `warnings`
    sentences about what keeps the client from starting the hook.
    """

    policy: str
    expires: str
    mode: str
    own: bool
    encrypted: bool
    settings: str
    settings_changed: bool
    hook: list[str]
    cli: list[str]
    checks: list[Check]
    warnings: list[str]

    @property
    def healthy(self) -> bool:
        """Whether every call came out as it must."""
        return all(check.ok for check in self.checks)


def quickstart(
    places: Places, new_passphrase: Callable[[], bytes], passphrase: Callable[[], bytes], bundle: str = ""
) -> Done:
    """Set agentguard up for one person and return what is set up.

    `bundle`: one of `solo.BUNDLES`; "" for the one that is in force, the baseline where there is none.

    `new_passphrase` is asked for a key that is to be made (b"": none), `passphrase` for an encrypted one that is there.
    A laptop that already follows somebody's policy keeps it; one that enforces goes on enforcing, unless `bundle` is the
    one that observes. A hook that does not
    work is taken out of the settings again. Raises AgentguardError.
    """
    _check(places)
    if not os.path.isdir(places.home):
        raise ConfigError(f"there is no home {places.home}")
    entry = settings.hook_entry(places, "PreToolUse")
    mode = ENFORCE if entry and "onFailure" in entry and bundle != solo.WATCHING else OBSERVE
    if bundle and solo.follows_another(places):
        raise ConfigError(
            f"this laptop follows the policy of its organisation, so {bundle} is not yours to choose",
            hint="leave --bundle out; `agentguard status` shows whose policy it is",
        )
    hook = install.install_code(places)
    if not solo.follows_another(places):
        if not solo.is_set_up(places):
            secret = new_passphrase()
            solo.set_up(places, _ORG, secret or None)
            passphrase = partial(bytes, secret)  # nobody is asked for what they have just said
        solo.put_in_force(places, bundle or _bundle(places), mode, passphrase)
    active = solo.active(places)
    changed = settings.add(places, hook, enforce=solo.mode_of(active) == ENFORCE)
    done = _done(places, active, changed=changed)
    if changed and mode == OBSERVE and not done.healthy:  # who only observes must not be in anybody's way
        settings.remove(places)
        _refuse_unhealthy(done.checks, "it was taken out of the settings again")
    return done


def enforce(places: Places, passphrase: Callable[[], bytes]) -> Done:
    """Go from observing to enforcing and return what is set up then.

    Refused if the hook does not work as it is; gone back on if it does not work afterwards. Raises AgentguardError.
    """
    _check(places)
    hook = install.hook_command(places)
    if solo.follows_another(places) or not solo.is_set_up(places):
        raise ConfigError(
            "the policy in force here is not signed by a key of yours, so its mode is not yours to change",
            hint="ask whoever publishes it; `agentguard status` shows who that is",
        )
    active = solo.active(places)
    before, bundle = solo.mode_of(active), solo.bundle_of(active)
    _refuse_unhealthy(selftest.run(places, enforce=before == ENFORCE), "nothing was changed")
    enforced = solo.BASELINE if bundle == solo.WATCHING else bundle  # the same rules
    active = solo.put_in_force(places, enforced, ENFORCE, passphrase)
    changed = settings.add(places, hook, enforce=True)
    done = _done(places, active, changed=changed)
    if not done.healthy and before == OBSERVE:
        settings.add(places, hook, enforce=False)
        solo.put_in_force(places, bundle, OBSERVE, passphrase)
        _refuse_unhealthy(done.checks, "agentguard observes again")
    return done


def _bundle(places: Places) -> str:
    """Return which bundle is in force here, the baseline where none is."""
    try:
        return solo.bundle_of(solo.active(places))
    except BundleError:
        return solo.BASELINE


def _done(places: Places, active: Active, *, changed: bool) -> Done:
    mode = solo.mode_of(active)
    own = not solo.follows_another(places)
    return Done(
        policy=f"{active.name} revision {active.revision}",
        expires=stamp(min(active.chain.expires.values())) if active.chain else "",
        mode=mode,
        own=own,
        encrypted=own and solo.key_is_encrypted(places),
        settings=settings.path_of(places),
        settings_changed=changed,
        hook=install.hook_command(places),
        cli=install.cli_command(places),
        checks=selftest.run(places, enforce=mode == ENFORCE, baseline=own),
        warnings=settings.warnings(places),
    )


def _check(places: Places) -> None:
    if places.managed:
        raise Refused(
            "this machine is managed: agentguard is set up by its administrator", hint="`agentguard status` shows how"
        )
    settings.warnings(places)  # reads the settings, and raises if they cannot be edited


def _refuse_unhealthy(checks: list[Check], so: str) -> None:
    bad = []
    for check in checks:
        if not check.ok:
            recorded = f"{check.would} ({check.rule})" if check.would else "missing"
            bad.append(f"{check.call} came out as {check.verdict}, record {recorded}")
    if bad:
        raise Refused(f"the hook does not judge as it must, so {so}: {'; '.join(bad)}", hint="agentguard status")
