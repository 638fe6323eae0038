"""Every error that agentguard raises on purpose, in one tree.

    AgentguardError                 COULD_NOT
    ├── UsageError                  USAGE: the command line makes no sense
    ├── Refused                     NO: done, and the answer is no
    │   └── WeakeningError          a policy might be weaker than the one that it is to replace
    ├── ConfigError                 a configuration file, a folder or an installation is not as it must be
    │   └── DeployFileError         a deploy.toml has errors (carries all of them)
    ├── PolicyError                 a policy source or a compiled policy has errors (carries all of them)
    ├── BundleError                 a bundle cannot be trusted or cannot be had
    │   ├── PublisherError          what was published is wrong: keep the last good bundle and raise an alarm
    │   │   ├── SignatureError      too few good signatures
    │   │   ├── RollbackError       an older version than one already trusted
    │   │   └── ExpiredError        metadata past its date
    │   ├── SealError               the local seal is missing, damaged or unsafe
    │   └── TransportError          the source cannot be reached: keep the last good bundle and try again
    └── AuditError
        ├── SpoolError              a record could not be written
        └── UploadError             records could not be handed over; the spool keeps them
            └── NotServedError      the collector takes nobody's records now
                └── UnknownDeviceError  nobody has said by which secret this device enrols

A message is lower-case, has no full stop and names the thing; `hint` is the next thing to type or do. The hook reaches
this module, so it imports nothing. Commands end with one of EXIT_CODES; the hook ends with 0 or 2 and has its own reasons.
"""

from __future__ import annotations

DONE, COULD_NOT, USAGE, NO, INTERRUPTED = 0, 1, 2, 3, 130
EXIT_CODES = {
    DONE: "done",
    COULD_NOT: "could not",
    USAGE: "the command line makes no sense",
    NO: "done, and the answer is no",
    INTERRUPTED: "interrupted",
}


class AgentguardError(Exception):
    """Base of all errors raised on purpose. `code` is stable and greppable, `hint` says what to do next."""

    exit_code = COULD_NOT
    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code

    def diagnostics(self) -> str:
        """Return the message and the next step as text for a person."""
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(AgentguardError):
    """The command line makes no sense."""

    exit_code = USAGE
    code = "usage"


class Refused(AgentguardError):  # noqa: N818 - an answer, not a fault
    """The command did its work and the answer is no."""

    exit_code = NO
    code = "refused"


class WeakeningError(Refused):
    """A policy might be weaker than the one that it is to replace. `weakenings` holds all of them as plain values."""

    code = "weakening"

    def __init__(self, message: str, *, weakenings: tuple[dict[str, str], ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.weakenings = weakenings


class ConfigError(AgentguardError):
    """A configuration file, a folder or an installation is not as it must be."""

    code = "config"


class DeployFileError(ConfigError):
    """A deploy.toml has errors. `findings` holds all of them, sorted by line and column."""

    code = "deploy-file"

    def __init__(self, message: str, findings: tuple[object, ...] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = findings

    def diagnostics(self) -> str:
        """Return one line a finding, then the summary."""
        return "\n".join([*(str(finding) for finding in self.findings), super().diagnostics()])


class PolicyError(AgentguardError):
    """A policy has errors. `findings` holds all of them, sorted by file, line and column."""

    code = "policy"

    def __init__(self, message: str, findings: tuple[object, ...] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = findings

    def diagnostics(self) -> str:
        """Return one line a finding, then the summary."""
        return "\n".join([*(str(finding) for finding in self.findings), super().diagnostics()])


class BundleError(AgentguardError):
    """A bundle cannot be trusted or cannot be had."""

    code = "bundle"


class PublisherError(BundleError):
    """What was published is wrong. Keep the last good bundle and raise an alarm."""

    code = "bundle-publisher"


class SignatureError(PublisherError):
    """Too few good signatures."""

    code = "bundle-signature"


class RollbackError(PublisherError):
    """An older version than one already trusted."""

    code = "bundle-rollback"


class ExpiredError(PublisherError):
    """Metadata past its date."""

    code = "bundle-expired"


class SealError(BundleError):
    """The local seal is missing, damaged or unsafe."""

    code = "seal"


class TransportError(BundleError):
    """The source cannot be reached. Keep the last good bundle and try again."""

    code = "bundle-transport"


class AuditError(AgentguardError):
    """A record could not be written, read or handed over."""

    code = "audit"


class SpoolError(AuditError):
    """A record could not be written to the spool, or the spool is damaged."""

    code = "spool"


class UploadError(AuditError):
    """Records could not be handed to the collector. The spool keeps every record that has no receipt."""

    code = "upload"


class NotServedError(UploadError):
    """The collector takes nobody's records now: it is out of reach, busy, or does not know this device."""

    code = "not-served"


class UnknownDeviceError(NotServedError):
    """The collector does not know this device, and nobody has said here by which secret it enrols."""

    code = "unknown-device"
