"""The page on trust, with the online key in a PKCS#11 token: SoftHSM, which .ci/run installs."""

import glob
import os
import re
import subprocess
from pathlib import Path

import pages
import pytest

from agentguard.bundle import keys, publisher, release
from agentguard.cli import passphrase
from agentguard.errors import ConfigError

pytestmark = pytest.mark.slow
PAGE = (Path(__file__).parent.parent.parent / "docs" / "trust.md").read_text(encoding="utf-8")
PIN = "271828"
KEY = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "made.pem"]
MODULES = "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib/softhsm/libsofthsm2.so", "/usr/l*/*/lib/softhsm/libsofthsm2.so"


@pytest.fixture
def token(tmp_path, monkeypatch):
    """Give a folder with online-public.pem, the public half of a key that only a token holds."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    modules = [found for place in MODULES for found in glob.glob(place)]
    assert modules, "apt-get install softhsm2"
    monkeypatch.setenv("PYKCS11LIB", modules[0])
    monkeypatch.chdir(tmp_path)
    pin = ["--pin", PIN]
    for command in (
        ["softhsm2-util", "--init-token", "--free", "--label", "agentguard", "--so-pin", "31415926", *pin],
        KEY,
        ["openssl", "pkey", "-in", "made.pem", "-pubout", "-out", "online-public.pem"],
        ["softhsm2-util", "--import", "made.pem", "--token", "agentguard", "--label", "online", "--id", "02", *pin],
        ["rm", "made.pem"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy/bundle.toml").write_text('schema = 1\nname = "acme"\nmode = "enforce"\n')
    monkeypatch.setattr(passphrase, "on_terminal", lambda: True)
    return tmp_path


def test_a_token_signs_what_the_page_says(token):
    """Both verifiers take its signatures; a wrong PIN and a token that is gone end in a sentence."""
    commands = [part.split("\n", 1) for part in PAGE.split("server$ ")[1:]]
    for line, rest in commands:
        words = [word.strip("'") for word in line.split()[1:]]
        printed = pages.typed(words, f"{PIN}\n")[0].replace("passphrase of the signing key: \n", "")
        assert pages.matches(rest.partition("```")[0], printed), (line, printed)
    assert not (token / "acme/keys/online.pem").exists()
    made = publisher.read(str(token / "acme"))
    assert 1 == release.refresh(made, PIN.encode).revision
    with pytest.raises(ConfigError, match="the key online did not sign"):
        release.refresh(made, lambda: b"1")
    os.environ["PYKCS11LIB"] = ""
    with pytest.raises(ConfigError, match="PYKCS11LIB"):
        release.refresh(made, PIN.encode)


def test_what_is_no_key_by_uri_is_refused(token):
    """Other schemes, other curves, no PEM; and a library that is missing is named."""
    for arguments, words in (
        (("--uri", "file2:/etc/passwd", "--public", "online-public.pem"), "is no key URI that agentguard knows"),
        (("--uri", "hsm:", "--public", "softhsm2.conf"), "is not a public key in PEM"),
        (("--uri", "hsm:"), "--uri and --public go together"),
        (("--uri", "hsm:", "--public", "p384.pem"), "is not an ECDSA key on P-256"),
    ):
        script = "openssl ecparam -name secp384r1 -genkey -noout | openssl pkey -pubout -out p384.pem"
        subprocess.run(["sh", "-c", script], check=True, capture_output=True)
        assert words in pages.typed(["bundle", "key", "x", *arguments])[0]
    assert not (token / "x.pub").exists()
    public = keys.public_of_pem("online-public.pem")
    for uri in ("awskms:x", "gcpkms:x", "azurekms://x"):
        with pytest.raises(ConfigError) as caught:
            keys.remote(uri, public, lambda: b"")
        assert re.search(r"securesystemslib\[(awskms|gcpkms|azurekms)\]", caught.value.hint)
