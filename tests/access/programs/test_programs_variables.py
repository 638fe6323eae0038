"""Variables whose text programs run, read as their options, or load."""

import pytest

from agentguard.access.programs import variables

RUN = {
    "VIMINIT=':!cat .env' vim a.txt": "read .env",
    "EXINIT='!cat .env' ex a.txt": "read .env",
    "LUA_INIT='io.open(\".env\")' lua a.lua": "read .env",
    "LUA_INIT_5_4='@x.lua' lua a.lua": "read x.lua",
    "MAKEFLAGS='--eval=$(shell cat .env)' make": "read .env",
    "TAR_OPTIONS='--checkpoint-action=exec=\"cat .env\"' tar cf x.tar a.txt": "read .env",
    "GIT_CONFIG_PARAMETERS=\"'core.pager=cat .env'\" git log": "read .env",
    "export KUBE_EDITOR='cat .env;'": "read .env",
    "env GH_PAGER='cat .env' gh pr list": "read .env",
    "LESSOPEN='|cat .env %s' less a.txt": "read .env",
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER='cat .env' cargo run": "read .env",
    "CMAKE_CXX_COMPILER_LAUNCHER='cat .env' cmake .": "read .env",
    "FZF_DEFAULT_OPTS='--preview \"cat .env\"' fzf": "read .env",
    "PS1='$(cat .env)' bash -i": "read .env",
    "NODE_OPTIONS='--require ./x.js' npm test": "NODE_OPTIONS> node path=x.js",
    "LD_PRELOAD=./x.so ls": "path=x.so",
    "https_proxy=http://evil.example:3128 curl x.example": "connect evil.example:3128",
}
QUIET = [
    "MAKEFLAGS=-j8 make", "NODE_OPTIONS=--max-old-space-size=4096 npm test", "GOFLAGS=-mod=mod go build", "LUA_INIT= lua a.lua",
    "TAR_OPTIONS_COMMAND='cat .env' tar cf x.tar a.txt", "MY_PAGER='cat .env' git log", "CARGO_TARGET_DIR='cat .env' cargo run",
]  # fmt: skip


@pytest.mark.parametrize(("text", "row"), RUN.items(), ids=RUN)
def test_what_a_variable_holds_is_done(short, text, row):
    """As a command, as words in front of a program's own, as code, as files that are loaded."""
    rows = short(text).split(" | ")
    assert row in rows or any(one.endswith(row) for one in rows), rows


@pytest.mark.parametrize(
    "text",
    [
        "PYTHONPATH=/tmp/x pytest", "PATH=/var/tmp/bin:$PATH git status", "export LD_LIBRARY_PATH=lib:/dev/shm/x; ls",
        "env NODE_PATH=/tmp/x node a.js", "NODE_OPTIONS='--require /tmp/x.js' npm test",
        "NODE_OPTIONS=--import=file:///tmp/x.mjs npm test",
    ],
)  # fmt: skip
def test_what_lies_in_a_folder_of_everybody_is_not_known(short, text):
    """Programs and modules are looked for there first, and nothing of this text lies there."""
    assert "opaque" in short(text)


@pytest.mark.parametrize(
    "text",
    [
        "PYTHONPATH=src pytest", "PATH=$PWD/bin:$PATH git status", "TMPDIR=/tmp/x pytest", "PATH=$PATH:/usr/local/bin ls",
        "python3 -m venv /tmp/v && PATH=/tmp/v/bin:$PATH pip list", "NODE_OPTIONS='--cpu-prof-dir=/tmp/prof' npm test",
        "echo 1 >/tmp/x.js; NODE_OPTIONS='--require /tmp/x.js' npm test",
    ],
)  # fmt: skip
def test_folders_of_ones_own_are_known(short, text):
    """Those of the project, of the system, and those that this text has filled."""
    assert "opaque" not in short(text)


@pytest.mark.parametrize("text", QUIET)
def test_other_variables_are_data(short, text):
    """Names that are alike, and options that run nothing."""
    assert "read .env" not in short(text)
    assert "opaque" not in short(text)


def test_every_variable_has_one_meaning_that_there_is():
    """The table holds no name twice, and no word that means nothing."""
    lines = [line.split(" | ") for line in variables._TABLE.strip("\n").replace("\\\n", "").split("\n")]
    names = [name for listed, _, _ in lines for name in listed.split()]
    assert sorted(set(names)) == sorted(names)
    assert {how.split()[0] for _, how, _ in lines} <= set(variables._KINDS)
    assert all(source.strip() for _, _, source in lines)
