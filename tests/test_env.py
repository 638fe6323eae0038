"""The environment is safe before OpenSSL can be loaded: proved with a real provider module that leaves a mark."""

import os
import subprocess
import sys
from pathlib import Path

import cryptography
import pytest

ROOT = Path(__file__).parent.parent
SITE = Path(cryptography.__file__).parent.parent
SAFE = "from agentguard import _env; "
LOADS_OPENSSL = {
    "hashlib": "import hashlib; hashlib.md5()",
    "cryptography": (
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as K; "
        "K.from_public_bytes(bytes(32))"
    ),
}
PROVIDER = """
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void mark(void)
{ int fd = open("%(mark)s", O_CREAT | O_WRONLY, 0600); if (fd >= 0) close(fd); }
int OSSL_provider_init(const void *handle, const void *in, const void **out, void **context)
{ static const void *none[2] = {0, 0}; *out = none; return 1; }
"""
CONFIGURATION = """
openssl_conf = init
[init]
providers = list
[list]
evil = evil_module
[evil_module]
module = %(module)s
activate = 1
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A provider that makes a file when it is loaded, and an OpenSSL configuration that loads it."""
    folder = tmp_path_factory.mktemp("provider")
    names = {"mark": folder / "mark", "module": folder / "evil.so"}
    (folder / "evil.c").write_text(PROVIDER % names)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", names["module"], folder / "evil.c"], check=True)
    (folder / "openssl.cnf").write_text(CONFIGURATION % names)
    return folder


def run(code, *, environ=None, before=()):
    """Run `code` as the hook is run, without any environment but `environ`."""
    start = f"import sys; sys.path += [{str(ROOT)!r}, {str(SITE)!r}]; {code}"
    argv = [*before, os.path.realpath(sys.executable), "-I", "-S", "-B", "-c", start]
    subprocess.run(argv, env=environ or {"PATH": os.environ["PATH"]}, check=True, capture_output=True)


def loaded(hostile):
    mark = hostile / "mark"
    found = mark.exists()
    mark.unlink(missing_ok=True)
    return found


@pytest.mark.parametrize("library", LOADS_OPENSSL)
def test_configuration_named_by_the_environment_is_not_loaded(hostile, library):
    """OPENSSL_CONF loads a provider into a process that only imports a library; not after our first import."""
    environ = {"OPENSSL_CONF": str(hostile / "openssl.cnf")}
    run(LOADS_OPENSSL[library], environ=environ)
    assert loaded(hostile), "the attack itself must work, or this test proves nothing"
    run(SAFE + LOADS_OPENSSL[library], environ=environ)
    assert not loaded(hostile)


def compiled_in_path():
    """Return the folder in which the OpenSSL inside the cryptography wheel looks for its configuration."""
    binding = next(SITE.glob("cryptography/hazmat/bindings/_rust*.so")).read_bytes()
    start = binding.index(b'OPENSSLDIR: "') + len(b'OPENSSLDIR: "')
    return binding[start : binding.index(b'"', start)].decode()


@pytest.mark.namespace
def test_hostile_file_at_the_compiled_in_path_is_not_loaded(hostile):
    """With no variable set OpenSSL reads a path compiled into the wheel; a file there is not loaded into us.

    The file stands in a private mount namespace, so the machine's own folder is never touched.
    """
    folder = compiled_in_path()
    top = "/" + folder.split("/")[1]
    copy = f"mkdir -p {folder} && cp {hostile}/openssl.cnf {folder}/openssl.cnf"
    plant = f'mount -t tmpfs none {top} && {copy} && exec "$0" "$@"'
    before = [
        "unshare",
        *([] if os.getuid() == 0 else ["-U", "-r"]),
        "-m",
        "--propagation",
        "private",
        "sh",
        "-c",
        plant,
    ]
    assert not os.path.realpath(sys.executable).startswith(top + "/"), "the interpreter would vanish under the mount"
    run(LOADS_OPENSSL["cryptography"], before=before)
    assert loaded(hostile), "the attack itself must work, or this test proves nothing"
    run(SAFE + LOADS_OPENSSL["cryptography"], before=before)
    assert not loaded(hostile)


def test_every_openssl_variable_is_removed_and_the_configuration_points_nowhere():
    """OPENSSL_MODULES, OPENSSL_ENGINES and their like name folders that code is loaded from."""
    left = "{name: value for name, value in os.environ.items() if 'OPENSSL' in name}"
    code = SAFE + f"import os; assert {left} == {{'OPENSSL_CONF': '/dev/null'}}"
    run(code, environ={"OPENSSL_MODULES": "/tmp", "OPENSSL_ENGINES": "/tmp", "openssl_conf": "/tmp/x"})


def test_managed_installs_drop_the_certificate_variables_too():
    """On a managed install the trust store is the administrator's."""
    code = SAFE + "_env.make_safe(managed=True); import os; assert not [n for n in os.environ if 'SSL_CERT' in n]"
    run(code, environ={"SSL_CERT_FILE": "/tmp/x", "SSL_CERT_DIR": "/tmp"})
