"""Keys and ciphers: openssl(1), ssh-keygen(1). A key by which a program only says who it is stays where it is."""

from __future__ import annotations

from agentguard.access.model import LISTEN, READ, UNKNOWN, WRITE
from agentguard.access.programs import net, shown, walk
from agentguard.access.programs.web import begin
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def decrypts(call: Call, work: Work) -> None:
    """`age -d FILE`, `gpg -d FILE`: what was a secret is shown, unless it goes into a file or another program."""
    line = work.line
    if line.has("--decrypt") and not line.has("--output --help") and shown.seen(call):
        line.traits.add("prints-environment")
    walk.standard(call, work)


def openssl(call: Call, work: Work) -> None:
    """`openssl COMMAND`: files of its options, `s_client -connect`, `s_server -accept` (openssl(1) and its commands)."""
    words = call.words
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    name = plain(words[0]) if words else ""
    connects = [value for word, value in pairs if word in ("-connect", "-proxy", "-host", "-server")]
    if name == "s_client" and not connects:
        connects = [word for word in words[1:] if isinstance(word, str) and word[:1] != "-" and ":" in word]
    work.command = (call.name, name) if name else (call.name,)
    # What a server says is shown; what comes on standard input is sent to it, and a bare session is a look.
    sends = bool(connects) and call.stdin is not None and not _closes(call)
    begin(call, work, {"sends"} if sends else set())
    asks_nothing = name in ("s_client", "s_server", "ocsp")
    for word, value in pairs:
        if word == "-in" and name in _OPENSSL_PUBLIC:
            continue
        if word in _OPENSSL_READS and not (asks_nothing and word in _OPENSSL_OWN):
            call.path(READ, value, f"option {word}")
        elif word in _OPENSSL_WRITES:
            call.path(WRITE, value, f"option {word}")
        elif word in ("-pass", "-passin", "-passout", "-kfile") and (text := plain(value)) is not None:
            if text.startswith("file:"):
                call.path(READ, text[5:], f"option {word}")
    for value in connects:
        net.url(call, value, "option -connect")
    if connects:
        work.feed = Feed(UNKNOWN, fetched=True)
    if name in ("s_server", "s_time") or (name == "ocsp" and "-port" in words):
        accepted = next((value for word, value in pairs if word in ("-accept", "-port")), "4433")
        host, _, port = (plain(accepted) or "").rpartition(":")
        call.connect(host.strip("*") or net.EVERYWHERE, net.number(port), "it listens", action=LISTEN)
    if name in _OPENSSL_OPERANDS - _OPENSSL_PUBLIC:
        for value in _openssl_operands(words[1:]):
            call.path(READ, value, "operand")


_OPENSSL_READS = frozenset({
    "-in", "-inkey", "-CAfile", "-key", "-cert", "-kfile", "-certfile", "-config", "-signkey", "-extfile", "-CA",
    "-CAkey", "-content", "-signature", "-sigfile", "-verify", "-prverify", "-sign", "-paramfile", "-peerkey", "-recip",
    "-signer", "-untrusted", "-name", "-spkac", "-infiles", "-queryfile", "-data", "-passfile",
})  # fmt: skip
_OPENSSL_WRITES = frozenset({
    "-out", "-keyout", "-writerand", "-keylogfile", "-sess_out", "-CAserial", "-msgfile", "-outdir", "-respout", "-reqout",
})  # fmt: skip
_OPENSSL_OWN = frozenset({"-key", "-cert", "-CAfile", "-name", "-certfile", "-verify"})  # by which it says who it is
_OPENSSL_OPERANDS = frozenset({
    "dgst", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "rsa", "x509", "pkey", "asn1parse", "storeutl", "verify",
})  # fmt: skip


# They take a certificate out of the file and show it: a key that stands beside it stays unseen.
_OPENSSL_PUBLIC = frozenset({"x509", "crl", "verify"})


def _closes(call: Call) -> bool:
    """Return whether standard input only ends the session: `</dev/null`, `echo |`, `echo Q |`."""
    stdin = call.stdin
    if stdin is None or stdin.source == "/dev/null":
        return True
    return isinstance(stdin.value, str) and stdin.value.strip() in ("", "Q")


def _openssl_operands(words: list[Value]) -> list[Value]:
    """Return the files at the end of the line: what stands behind the last option and its value."""
    found: list[Value] = []
    for word in reversed(words):
        if isinstance(word, str) and word[:1] == "-":
            if word in _OPENSSL_VALUED and found:
                found.pop()
            break
        found.append(word)
    return found[::-1]


_OPENSSL_VALUED = _OPENSSL_READS | _OPENSSL_WRITES | {
    "-inform", "-outform", "-passin", "-passout", "-pass", "-hmac", "-mac", "-macopt", "-sigopt", "-days", "-subj",
    "-set_serial", "-keyform", "-provider", "-engine", "-xoflen", "-checkend", "-nameopt", "-offset", "-length",
    "-strparse", "-CApath", "-purpose", "-ext", "-addext", "-certopt", "-dateopt", "-digest",
}  # fmt: skip


def trusts(call: Call, work: Work) -> None:
    """`certutil -A -d sql:DIR`: from then on the programs of that database trust the certificate (NSS, certutil)."""
    walk.standard(call, work)
    folder = plain(work.line.value("-d") or ".") or "."
    if work.line.has("-A -D -M -N -E -S -F -W"):
        call.path(WRITE, f"{folder.removeprefix('sql:').removeprefix('dbm:')}/cert9.db", "the certificates")


def keygen(call: Call, work: Work) -> None:
    """`ssh-keygen -f FILE` makes a key; -y and -e read one, -p and -c change one, -s and -Y sign with one.

    Fingerprints (-l) and names of hosts (-F, -R) tell nothing that is secret.
    """
    walk.standard(call, work)
    line = work.line
    signs = line.has("-s") or line.value("-Y") == "sign"
    if signs:
        for value in line.operands:
            call.path(READ, value, "what is signed")
    path = line.value("-f")
    if path is None:
        if line.has("-y -e -p -c") and not line.has("-s"):
            path = call.world.home + "/.ssh/id_ed25519"  # where it looks unless told otherwise
        else:
            return
    if line.has("-y -e -p -c -B") or line.has("-Y"):
        call.path(READ, path, "the key")
    if line.has("-R -p -c") or not line.has("-y -e -B -l -F -L -Y -s -i"):
        call.path(WRITE, path, "the key")
