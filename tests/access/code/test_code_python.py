"""What Python code would do, told from its syntax tree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.code import python
from agentguard.access.model import ANY, UNKNOWN, Pattern


def found(code):
    """Return findings as short texts: `read x`, `connect x`, `shell x`."""
    texts = []
    for kind, value in python.read(code, "/home/dev"):
        if kind == "path":
            texts.append(f"{value[1]} {value[0]}{'/**' if value[2] == 'tree' else ''}")
        elif kind == "connect":
            texts.append(f"connect {value[0]}{f':{value[1]}' if value[1] else ''}{' sends' if value[2] else ''}")
        elif kind == "command":
            texts.append("command " + " ".join(map(str, value)))
        else:
            texts.append(kind if value is None else f"{kind} {value}")
    return texts


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open('.env').read()", ["read .env"]),
        ("open('x', 'w')", ["write x"]),
        ("open('x', 'r+')", ["read x", "write x"]),
        ("open(mode='a', file='x')", ["write x"]),
        ("with open(f'{d}/.env') as f: pass", ["read …/.env"]),
        ("p = '.env'\nprint(open(p).read())", ["read .env"]),
        ("p = '.e' + 'nv'; open(p)", ["read .env"]),
        ("open(x)", ["read …"]),
        ("open(''.join(['.e', 'nv']))", ["read .env"]),
        ("open('XenvX'.replace('X', ''))", ["read env"]),
        ("open('vne.'[::-1])", ["read .env"]),
        ("import base64; open(base64.b64decode('LmVudg==').decode())", ["read .env"]),
        ("open(bytes.fromhex('2e656e76'))", ["read .env"]),
        ("import os; os.remove('x'); os.rename('a', 'b')", ["delete x", "read a", "delete a", "write b"]),
        ("from os import unlink as u; u('x')", ["delete x"]),
        ("import shutil as s; s.rmtree('d'); s.copy('a', 'b')", ["delete d/**", "read a", "write b"]),
        ("from pathlib import Path; (Path('d') / '.env').read_text()", ["read d/.env"]),
        ("from pathlib import Path; Path.home().joinpath('.ssh', 'x').write_text('')", ["write /home/dev/.ssh/x"]),
        ("import pathlib; pathlib.Path('~/x').expanduser().unlink()", ["delete /home/dev/x"]),
        ("import os.path; open(os.path.join('d', '.env'))", ["read d/.env"]),
        ("import os; open(os.path.expanduser('~/.ssh/id'))", ["read /home/dev/.ssh/id"]),
        ("import os; os.system('cat .env')", ["shell cat .env"]),
        ("import os as o; o.popen(f'rm {x}')", ["shell rm …"]),
        ("__import__('os').system('cat .env')", ["shell cat .env"]),
        ("getattr(__import__('os'), 'system')('cat .env')", ["shell cat .env"]),
        ("import subprocess; subprocess.run(['rm', '-rf', d])", ["command rm -rf …"]),
        ("import subprocess as s; s.run('cat .env', shell=True)", ["shell cat .env"]),
        ("from subprocess import check_output; check_output('ls -l'.split())", ["command ls -l"]),
        ("import subprocess; subprocess.run(cmd)", ["shell …"]),
        ("import os; os.execvp('rm', ['rm', 'x'])", ["command rm x"]),
        ("import os; os.spawnlp(os.P_WAIT, 'rm', 'rm', 'x')", ["command rm x"]),
        ("import urllib.request as u; u.urlopen('http://h/')", ["connect http://h/"]),
        ("import requests; requests.post('http://h/', data=x)", ["connect http://h/ sends"]),
        ("import requests; requests.get(url='http://h/')", ["connect http://h/"]),
        ("import socket; socket.create_connection(('h', 80))", ["connect h:80 sends"]),
        ("import socket; s = socket.socket(); s.connect(('h', 80))", ["connect h:80 sends"]),
        ("import socket; s = socket.socket(); s.bind(('', 80))", ["listen 0.0.0.0"]),
        ("import http.client; http.client.HTTPSConnection('h', 443)", ["connect h:443 sends"]),
        ("import os; print(os.environ)", ["environment"]),
        ("import os; os.environ['A'] = 'b'", ["variable A"]),
        ("eval(x)", ["opaque the code runs other code (eval)"]),
        ("exec(\"open('.env')\")", ["read .env"]),
        ("e = eval; e(x)", ["opaque the code runs other code (eval)"]),
        ("import pickle; pickle.loads(x)", ["opaque the code runs other code (pickle.loads)"]),
        ("import os; getattr(os, name)('x')", [
            "opaque the code calls what it looks up by a computed name", "opaque the code looks up a computed name in a module",
        ]),
        ("__import__(name)", ["opaque the code imports a computed name"]),
        ("print('rm -rf /', '.env')", []),
        ("import os; os.getenv('HOME'); os.environ['HOME']; os.environ.get('X'); 'A' in os.environ", []),
        ("import subprocess, os; subprocess.run(['ls'], env={**os.environ, 'A': 'b'})", ["command ls"]),
        ("x = {'open': 1}['open']", []),
        ("syntax error here", ["opaque the code is no Python that this interpreter understands"]),
    ],
)  # fmt: skip
def test_code_gives_its_findings(code, expected):
    """Files, processes, connections and the environment; text that is only text gives nothing."""
    assert expected == found(code)


def test_values_keep_their_known_parts():
    """An f-string is partly known, a name from nowhere is not known at all."""
    assert [("path", (Pattern((ANY, "/.env")), "read", "exact"))] == python.read("open(f'{d}/.env')", "/h")
    assert [("path", (UNKNOWN, "read", "exact"))] == python.read("open(d)", "/h")


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(
    ["open", "(", ")", "'x'", ".", "os", "import os\n", "eval", "[", "]", "=", "\n", "for x in ", ":", " ", "f'{", "}'",
     "lambda: ", "+", "getattr", ","]
), max_size=30).map("".join)))  # fmt: skip
def test_any_text_ends_in_findings(code):
    """No code raises."""
    assert isinstance(python.read(code, "/h"), list)


@pytest.mark.parametrize(
    "code",
    ["(" * 100_000, "x=" * 50_000 + "1", "a.b" * 20_000, "[" * 90 + "]" * 90, "f(" * 80 + ")" * 80, "x = 1\n" * 30_000],
)
def test_code_that_is_too_much_is_opaque_or_read(code):
    """Depth and length are bounded."""
    assert all(kind == "opaque" for kind, _ in python.read(code, "/h"))
