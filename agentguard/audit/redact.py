"""Redaction: no secret that can be recognised gets into a record or into what is printed.

A secret becomes `‹type:XXXXXXXX›`, where X is the start of its HMAC under a key that this device keeps: equal secrets
look equal, on this device. Where guessing is easy (passwords, and whatever only its name gives away) it becomes
`‹type›`.

A secret that was found once is known from then on, and is hidden wherever else it stands in what is redacted later:
`-u a:PW` is recorded as `--user=a:PW` too, and `$PW` as the path that it became. See `agentguard.audit.spread`.

Redacting twice changes nothing. Time is linear in the text; no regular expression is involved. A text in which none of
`ANCHORS` stands costs only the look for them; tables and scanner are imported when one does.
"""

# ruff: noqa: RUF001, RUF002 - marks are made of these characters
from __future__ import annotations

from agentguard.digest import hmac_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# At least one of these stands in every text that has a secret, by a character that they share: most texts lack it, and with
# it all that have it. A test holds them against the tables of `shapes`.
ANCHORS = (
    ("_", (
        "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "_pat_", "whsec_", "shpat_", "shpss_", "gsk_", "r8_", "hf_",
        "npm_", "rzp_", "rubygems_", "dop_v1_", "doo_v1_", "glsa_", "lin_api_", "ntn_", "figd_", "fo1_",
        "sbp_", "pscale_", "CCIPAT_", "bkua_", "sqp_", "squ_", "_live_", "_test_", "sntrys_", "sntryu_",
        "CLOJARS_", "pnu_", "rdme_",
    )),
    (".", (
        "ya29.", "hvs.", "hvb.", "dp.pt.", "SG.", "hooks.slack", "webhook.office", "hvr.", "v1.0-",
    )),
    ("-", (
        "glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "xapp-", "sk-", "xai-", "pplx-", "pypi-", "GOCSPX-",
        "NRAK-", "PMAK-", "pul-", "tskey-", "HRKU-", "CFPAT-", "xkeysib-", "AGE-SECRET", "redis-cli",
        "glagent-", "-us", "Private-Lines",
    )),
    ("=", ("AccountKey=", "SharedAccessKey=", "sig=", "Signature=")),
    ("", (
        "AKIA", "ASIA", "ATATT3", "ATBB", "xox", "sq0", "oy2", "AKCp", "AIza", "dapi", "eyJ", "/webhooks/",
        "/bot", "atlasv1", "PRIVATE KEY", "mysql", "mariadb",
        "sshpass", "7z", "zip", "mongo", "sqlcmd", "login", "wget", "smbclient", "EAAA", "EZAK", "FLWSECK",
        "cio", "1//0", "SK", "b3BlbnNzaC1rZXktdjE", "LS0tLS1CRUdJTiB", "Q~", "curl", "ldap",
        "lftp", "htpasswd", "openssl", "keygen", "oathtool", "twine", "sudo", "kinit", "cryptsetup",
    )),
)  # fmt: skip
# The same, in any case.
WORDS = (
    "pass", "pwd", "secret", "credential", "token", "api_key", "api-key", "apikey", "access_key", "access-key",
    "accesskey", "private_key", "private-key", "privatekey", "encryption_key", "signing_key", "auth_key", "cookie",
    "authorization", "bearer", "_auth", "stripe_key", "master_key", "app_key", "identified", "securestring",
)  # fmt: skip

# Of one text no more is read (characters).
READ_LIMIT = 64 * 1024
_ROUNDS = 8  # two are the rule


class Redactor:
    """Redacts the texts of one call. `key` is the device's key, or a function that gets it when it is first needed.

    `found` counts what was found, by type. `known` are the secrets that were found: {plain text: (type, strong)}. `withheld`
    names the fields that the policy keeps out of the log: those that are masked (true) and those that are dropped (false).
    `source` is the command of the call; its secrets are known before anything that the command led to is quoted.
    """

    __slots__ = ("_key", "_words", "found", "idle", "known", "source", "withheld")

    def __init__(self, key: bytes | Callable[[], bytes]) -> None:
        self._key = key
        self._words: dict[str, str] = {}  # whole texts whose redacted form is known
        self.known: dict[str, tuple[str, bool]] = {}
        self.found: dict[str, int] = {}
        self.source = ""
        self.withheld: dict[str, bool] = {}
        self.idle = False  # a look at everything at once has found nothing to hide

    def needed(self, text: str) -> bool:
        """Whether `text` could hold a secret."""
        for shared, anchors in ANCHORS:
            if shared in text:
                for anchor in anchors:
                    if anchor in text:
                        return True
        low = text.lower()
        for word in WORDS:
            if word in low:
                return True
        return ":/" in text and "@" in text

    def text(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        if text in self._words:
            return self._words[text]
        look = not self.idle and self.needed(text)
        return self._rounds(text, self.known, look=look) if look or self._stands_in(text) else text

    def again(self, text: str) -> str:
        """Return a text that was redacted before without the secrets that were found since."""
        if text in self._words:
            return self._words[text]
        return self._rounds(text, self.known, look=False) if self._stands_in(text) else text

    def shaped(self, text: str) -> str:
        """Return `text` without what is a secret by itself; what is only known from elsewhere stays."""
        return self._rounds(text, {}, look=True) if not self.idle and self.needed(text) else text

    def quoted(self, text: str) -> str:
        """Return what is quoted of a call without its secrets, also those that only its command gives away."""
        self.learn()
        return self.text(text)

    def learn(self) -> None:
        """Know the secrets of the command from now on; they are counted where they are taken out."""
        if self.source:
            source, self.source = self.source[:READ_LIMIT], ""
            counted = dict(self.found)
            self.text(source)
            self.found = counted

    def _stands_in(self, text: str) -> bool:
        """Whether a secret that is known could stand in `text`."""
        for secret in self.known:  # noqa: SIM110 - a generator costs more than most of these searches
            if secret in text:
                return True
        return False

    def _rounds(self, text: str, known: dict[str, tuple[str, bool]], *, look: bool) -> str:
        for _ in range(_ROUNDS):  # a mark is shorter than what it stands for, which may bring something else into view
            done = self._once(text, known, look=look)
            if done == text:
                break
            text = done
        return text

    def _once(self, text: str, known: dict[str, tuple[str, bool]], *, look: bool) -> str:
        from agentguard.audit import scan, spread  # noqa: PLC0415 - only for texts that may hold a secret

        pieces = []
        done = 0
        spans = scan.secrets(text) if look else []
        for start, end, kind, strong in spans:
            spread.learn(text[start:end], (kind, strong), known)
        if known:
            spans = scan.merged(spans + spread.spans(text, known))
        for start, end, kind, strong in spans:
            secret = text[start:end]
            mark = self.mark(kind, secret, strong=strong)
            pieces += [text[done:start], mark]
            done = end
            self.found[kind] = self.found.get(kind, 0) + 1
            for word, hidden in scan.words_with(text, start, end, mark):
                self._words[word] = hidden
        return "".join([*pieces, text[done:]]) if pieces else text

    def mark(self, kind: str, secret: str, *, strong: bool) -> str:
        """Return what stands for a secret; if it is `strong`, nobody can guess it, and equal ones look equal."""
        if callable(self._key):
            self._key = self._key()
        if not strong or not self._key:
            return f"‹{kind}›"
        return f"‹{kind}:{hmac_hex(self._key, secret.encode('utf-8', 'surrogatepass'))[:8]}›"
