"""Package managers: what they install and from where, what they publish, which scripts they run.

npm, yarn, pnpm and bun; pip, uv, pipx, poetry and conda; cargo, go, gem, composer; the package managers of systems. The
registry itself is no connection of its own: that is what these programs are for. A package from anywhere else is
`foreign-package`, and so is one that `npx` and its kin would fetch just to run it.
"""

from __future__ import annotations

from agentguard.access.model import READ
from agentguard.access.programs import index, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_TEXT: dict[str, Any] = {"operands": "text*"}
_LOOK: dict[str, Any] = {"operands": "text*", "traits": "read-only"}
_REMOVE: dict[str, Any] = {"options": "-g,--global -y,--yes -D,--save-dev -r,--requirement=read", "operands": "package*",
                           "traits": "removes-package"}
_PUBLISH: dict[str, Any] = {"options": "--tag=text --access=text --otp=text --registry=url --dry-run -r,--recursive --filter=text",
                            "operands": "text*", "run": "packages.publishes"}
_SCRIPT: dict[str, Any] = {"stop": True, "operands": "text*", "options": "-w,--workspace=text --if-present -s,--silent"}
_NODE_INSTALL = "-g,--global -D,--save-dev,--dev -E,--save-exact -O,--save-optional -P,--save-prod -S,--save -f,--force --legacy-peer-deps " \
    "-w,--workspace=text --registry=url!foreign-package --prefix=enter --omit=text --include=text --loglevel=text --no-audit --no-fund -W " \
    "--ignore-scripts --save-peer --frozen-lockfile --filter=text -r,--recursive --cache=text"

_NPM: dict[str, Any] = {
    "install": {"options": _NODE_INSTALL, "operands": "spec*"}, "i": "install", "add": "install", "in": "install",
    "ci": {"options": _NODE_INSTALL, "operands": "text*"}, "clean-install": "ci",
    "uninstall": _REMOVE, "un": _REMOVE, "remove": _REMOVE, "rm": _REMOVE, "r": _REMOVE,
    "update": {"options": _NODE_INSTALL, "operands": "package*"}, "up": "update", "upgrade": "update",
    "publish": _PUBLISH, "unpublish": {"options": "-f,--force", "operands": "package*", "traits": "publishes destroys-data"},
    "deprecate": {"operands": "package text", "traits": "publishes"}, "dist-tag": {"operands": "text*", "run": "packages.tags"},
    "owner": {"operands": "text*", "traits": "publishes"}, "access": {"operands": "text*", "traits": "publishes"},
    "token": {"operands": "text*", "traits": "prints-environment"}, "login": _TEXT, "adduser": _TEXT, "logout": _TEXT,
    "run": _SCRIPT, "run-script": _SCRIPT, "test": _SCRIPT, "t": _SCRIPT, "start": _SCRIPT, "stop": _SCRIPT, "restart": _SCRIPT,
    "exec": {"options": "-c,--call=shell -p,--package=package -y,--yes -w=text", "stop": True, "run": "packages.fetched"}, "x": "exec",
    "dlx": {"options": "-p,--package=package -c=shell -q", "stop": True, "run": "packages.fetched"},
    "create": {"stop": True, "operands": "package text*", "traits": "foreign-package"}, "init": {"operands": "text*", "stop": True},
    "link": {"operands": "text*"}, "pack": {"options": "--pack-destination=write --dry-run", "operands": "text*"},
    "config": {"operands": "text*", "run": "packages.settings"}, "set": {"operands": "text*", "run": "packages.settings"},
    "cache": _TEXT, "audit": _TEXT, "version": _TEXT, "prune": _TEXT, "dedupe": _TEXT, "rebuild": _TEXT, "pkg": _TEXT,
    "ls": _LOOK, "list": _LOOK, "outdated": _LOOK, "view": _LOOK, "info": _LOOK, "show": _LOOK, "why": _LOOK, "search": _LOOK,
    "explain": _LOOK, "root": _LOOK, "bin": _LOOK, "prefix": _LOOK, "whoami": _LOOK, "ping": _LOOK, "doctor": _LOOK, "fund": _LOOK,
    "help": _LOOK, "docs": _LOOK, "get": _LOOK, "import": _TEXT, "store": _TEXT, "approve-builds": _TEXT, "patch": _TEXT,
    "workspace": _SCRIPT, "workspaces": _SCRIPT, "global": {"sub": {"add": {"operands": "spec*"}, "remove": _REMOVE}, "operands": "text*"},
    "deploy": {"operands": "text*"}, "node": {"stop": True, "operands": "text*"}, "plugin": _TEXT, "dedup": _TEXT,
    "build": _SCRIPT, "dev": _SCRIPT, "lint": _SCRIPT,
}  # fmt: skip
_PIP: dict[str, Any] = {
    "install": {
        "options": "-r,--requirement=read -c,--constraint=read -e,--editable=spec -U,--upgrade -t,--target=write -i,--index-url=url!foreign-package "
        "--extra-index-url=url!foreign-package -f,--find-links=spec!foreign-package --prefix=write --root=write --user --no-deps --pre "
        "--no-cache-dir --force-reinstall --break-system-packages -q,--quiet -v --no-index --src=write --trusted-host=text "
        "--no-build-isolation --proxy=url --cert=read --timeout=text --retries=text --python-version=text --platform=text "
        "--group=text --all-extras --system -p,--python=text --upgrade-strategy=text --cache-dir=text --progress-bar=text --report=write",
        "operands": "spec*",
    },
    "uninstall": {"options": "-y,--yes -r,--requirement=read --break-system-packages", "operands": "package*", "traits": "removes-package"},
    "download": {"options": "-d,--dest=write -r,--requirement=read -i,--index-url=url!foreign-package", "operands": "spec*"},
    "wheel": {"options": "-w,--wheel-dir=write -r,--requirement=read -e=spec", "operands": "spec*"},
    "list": _LOOK, "show": _LOOK, "freeze": _LOOK, "check": _LOOK, "search": _LOOK, "index": _LOOK, "help": _LOOK, "debug": _LOOK,
    "config": {"operands": "text*", "run": "packages.settings"}, "cache": _TEXT, "hash": {"operands": "read*"},
    "compile": {"options": "-o,--output-file=write", "operands": "read*"}, "sync": {"operands": "read*"}, "tree": _LOOK, "inspect": _LOOK,
}  # fmt: skip
_TOOL: dict[str, Any] = {"sub": {
    "run": {"options": "--from=package -w,--with=package -p,--python=text --index=url!foreign-package", "stop": True, "run": "packages.fetched"},
    "install": {"options": "-p,--python=text -e=spec --with=package --force -U --index-url=url!foreign-package", "operands": "spec"},
    "uninstall": {"operands": "package*", "traits": "removes-package"}, "upgrade": {"operands": "package*"}, "list": _LOOK,
    "dir": _LOOK, "update-shell": _TEXT,
}}
_SYSTEM: dict[str, Any] = {"options": "-y,--yes,--assume-yes -q,--quiet -t=text -o=text -c=read --no-install-recommends --cask --formula", "sub": {
    "install": {"operands": "spec*"}, "reinstall": {"operands": "spec*"}, "add": {"operands": "spec*"},
    "remove": {"options": "-f,--force --purge", "operands": "package*", "traits": "removes-package"},
    "purge": {"operands": "package*", "traits": "removes-package"}, "uninstall": "remove", "del": "remove", "autoremove": {
        "operands": "package*", "traits": "removes-package"}, "erase": "remove", "rm": "remove",
    "update": {"operands": "package*"}, "upgrade": {"operands": "package*"}, "dist-upgrade": _TEXT, "full-upgrade": _TEXT,
    "search": _LOOK, "list": _LOOK, "ls": _LOOK, "show": _LOOK, "info": _LOOK, "policy": _LOOK, "depends": _LOOK, "outdated": _LOOK,
    "deps": _LOOK, "leaves": _LOOK, "doctor": _LOOK, "config": _LOOK, "cleanup": _TEXT, "clean": _TEXT, "autoclean": _TEXT,
    "download": {"operands": "package*"}, "source": {"operands": "package*"}, "tap": {"operands": "package text", "traits": "foreign-package"},
    "services": {"operands": "text*", "traits": "controls-service"}, "link": _TEXT, "unlink": _TEXT, "--prefix": _LOOK, "pin": _TEXT,
    "bundle": _TEXT, "cat": _LOOK, "home": _LOOK, "makecache": _TEXT, "check-update": _LOOK, "history": _LOOK,
}, "operands": "text*"}  # fmt: skip

TABLE: dict[str, Any] = {
    "npm": {"options": "-C,--prefix=enter -w,--workspace=text --loglevel=text -s,--silent --registry=url!foreign-package", "sub": _NPM, "operands": "text*"},
    "pnpm": {"options": "-C,--dir=enter --filter=text -F=text -r,--recursive -w,--workspace-root", "sub": _NPM, "other": _SCRIPT},
    "yarn": {"options": "--cwd=enter -s,--silent", "sub": _NPM, "other": {**_SCRIPT, "stop": True}},
    "bun": {"options": "--cwd=enter --bun", "sub": {**_NPM, "run": {"stop": True, "operands": "run text*"}, "pm": _LOOK}, "other": {
        "stop": True, "operands": "run text*"}},
    "npx": {"options": "-y,--yes -p,--package=package -c,--call=shell -w=text --no --no-install -q,--quiet --registry=url!foreign-package",
            "stop": True, "run": "packages.fetched"},
    "bunx": "npx", "pnpx": "npx", "uvx": {
        "options": "--from=package -w,--with=package -p,--python=text --index=url!foreign-package -q --refresh --isolated", "stop": True,
        "run": "packages.fetched"},
    "pip": {"options": "-q,--quiet -v,--verbose --python=text --isolated", "sub": _PIP, "operands": "text*"}, "pip2": "pip", "pip3": "pip",
    "pip-compile": {"options": "-o,--output-file=write", "operands": "read*"}, "pip-sync": {"operands": "read*"},
    "ensurepip": _TEXT,
    "uv": {"options": "--directory=enter --project=text -q,--quiet -v -n,--no-cache --offline --no-progress --color=text", "sub": {
        "pip": {"sub": _PIP, "operands": "text*"}, "tool": _TOOL,
        "run": {"options": "--with=package --with-requirements=read -p,--python=text --extra=text --group=text -m,--module=text --env-file=read "
                "--isolated --no-sync --frozen --all-extras --package=text --no-project --active --locked --no-dev --dev -s --script "
                "--only-group=text --index=url!foreign-package", "stop": True, "run": "packages.environment"},
        "add": {"options": "--dev --group=text --optional=text -r,--requirements=read --extra=text --script=edit --index=url!foreign-package",
                "operands": "spec*"},
        "remove": _REMOVE, "sync": {"options": "--extra=text --group=text -p=text --all-extras --frozen --locked", "operands": "text*"},
        "lock": _TEXT, "build": {"options": "-o,--out-dir=write", "operands": "text*"},
        "publish": {"options": "--token=text --publish-url=url --index=text -u=text -p=text", "operands": "read*", "traits": "publishes sends"},
        "venv": {"options": "-p,--python=text --seed --clear", "operands": "write"}, "init": {"operands": "write"}, "python": _TEXT, "cache": _TEXT,
        "tree": _LOOK, "version": _TEXT, "export": {"options": "-o,--output-file=write --format=text", "operands": "text*"}, "self": _TEXT,
        "help": _LOOK,
    }, "operands": "text*"},
    "pipx": {"sub": {
        "run": {"options": "--spec=package --python=text --index-url=url!foreign-package --pip-args=text --no-cache", "stop": True, "run": "packages.fetched"},
        "install": {"options": "--python=text -f --index-url=url!foreign-package -e --pip-args=text", "operands": "spec*"}, "inject": {"operands": "text package*"},
        "uninstall": {"operands": "package*", "traits": "removes-package"}, "uninstall-all": {"traits": "removes-package"},
        "upgrade": {"operands": "package*"}, "list": _LOOK, "ensurepath": _TEXT,
    }, "operands": "text*"},
    "poetry": {"options": "-C,--directory=enter -P,--project=text -q -n,--no-interaction", "sub": {
        "run": {"stop": True, "run": "packages.environment"}, "add": {"options": "-G,--group=text -D,--dev -E,--extras=text --source=text", "operands": "spec*"},
        "remove": {**_REMOVE, "options": "-G,--group=text -D,--dev"}, "install": {"options": "--with=text --without=text --only=text -E,--extras=text", "operands": "text*"},
        "publish": {"options": "-r,--repository=text -u,--username=text -p,--password=text --build --dry-run", "operands": "text*", "run": "packages.publishes"},
        "update": {"operands": "package*"}, "lock": _TEXT, "build": _TEXT, "show": _LOOK, "check": _LOOK, "env": _TEXT, "config": _TEXT, "shell": _TEXT,
        "version": _TEXT, "export": {"options": "-o,--output=write -f=text", "operands": "text*"}, "init": _TEXT, "new": {"operands": "write"},
    }, "operands": "text*"},
    "pdm": "poetry", "rye": "poetry", "hatch": {"options": "-e,--env=text", "sub": {"run": {"stop": True, "run": "packages.environment"},
        "publish": {"operands": "read*", "traits": "publishes sends"}, "test": _TEXT, "fmt": _TEXT, "build": _TEXT}, "operands": "text*"},
    "pipenv": {"sub": {"run": {"stop": True, "run": "packages.environment"}, "install": {"options": "-r=read -d,--dev", "operands": "spec*"},
                       "uninstall": _REMOVE}, "operands": "text*"},
    "flit": {"sub": {"publish": {"operands": "text*", "traits": "publishes"}}, "operands": "text*"},
    "twine": {"sub": {"upload": {"options": "-r,--repository=text --repository-url=url -u,--username=text -p,--password=text --skip-existing "
                                 "--config-file=read -s,--sign", "operands": "read*", "traits": "publishes sends"},
                      "check": {"operands": "read*", "traits": "read-only"}, "register": {"operands": "read", "traits": "publishes"}}},
    "conda": {"options": "-n,--name=text", "sub": {
        "install": {"options": "-n,--name=text -c,--channel=text -y,--yes --file=read -p,--prefix=write", "operands": "package*"},
        "create": {"options": "-n,--name=text -c,--channel=text -y,--yes -f,--file=read -p,--prefix=write", "operands": "package*"},
        "remove": {"options": "-n,--name=text --all -y,--yes", "operands": "package*", "traits": "removes-package"}, "uninstall": "remove",
        "run": {"options": "-n,--name=text -p=text --no-capture-output --cwd=enter", "stop": True, "run": "packages.environment"}, "list": _LOOK,
        "info": _LOOK, "search": _LOOK, "env": _TEXT, "activate": _TEXT, "config": _TEXT,
    }, "operands": "text*"}, "mamba": "conda", "micromamba": "conda",
    "cargo": {"options": "-C=enter -q,--quiet -v,--verbose --color=text --config=text --offline --locked --frozen -Z=text", "sub": {
        "publish": {"options": "-n,--dry-run --token=text --registry=text --index=url --allow-dirty!skips-checks --no-verify!skips-checks -p,--package=text "
                    "--manifest-path=read", "operands": "text*", "run": "packages.publishes"},
        "yank": {"operands": "text*", "traits": "publishes"}, "owner": {"operands": "text*", "traits": "publishes"},
        "install": {"options": "--git=url!foreign-package --path=read --version=text -f,--force --root=write --features=text --branch=text --tag=text "
                    "--rev=text --registry=text --index=url!foreign-package", "operands": "package*"},
        "uninstall": {"operands": "package*", "traits": "removes-package"},
        "add": {"options": "--git=url!foreign-package --path=read -F,--features=text --dev --build --branch=text --rename=text -p=text", "operands": "package*"},
        "remove": _REMOVE, "run": {"options": "--bin=text -p,--package=text --example=text --features=text -r,--release --manifest-path=read", "operands": "text*"},
        "login": _TEXT, "new": {"operands": "write"}, "init": {"operands": "write"}, "vendor": {"operands": "write"},
    }, "operands": "text*"},
    "rustup": _TEXT, "rustc": {"options": "-o=write --out-dir=write -L=text -C=text --edition=text --crate-type=text", "operands": "read*"},
    "go": {"options": "-C=enter", "sub": {
        "get": {"options": "-u -t -d -v", "operands": "package*"}, "install": {"options": "-v -ldflags=text -tags=text", "operands": "package*", "single": True},
        "run": {"options": "-race -tags=text -ldflags=text -mod=text -exec=shell", "single": True, "stop": True, "run": "packages.go_run"},
        "generate": _TEXT, "build": {"options": "-o=write -ldflags=text -tags=text -toolexec=shell", "single": True, "operands": "text*"},
        "test": {"options": "-o=write -run=text -exec=shell -toolexec=shell -coverprofile=write -bench=text -count=text -timeout=text -tags=text",
                 "single": True, "operands": "text*"},
        "env": {"options": "-w -u -json", "operands": "text*"}, "clean": _TEXT, "mod": _TEXT, "work": _TEXT, "vet": _TEXT, "fmt": _TEXT, "list": _LOOK, "doc": _LOOK,
        "version": _LOOK, "tool": _TEXT,
    }, "operands": "text*"},
    "gofmt": {"options": "-w,--write -l -d -s -r=text", "operands": "read*", "instead": {"--write": "edit*"}}, "goimports": "gofmt",
    "gem": {"sub": {"install": {"options": "-s,--source=url!foreign-package -v=text --user-install -N", "operands": "spec*"},
                    "uninstall": {"operands": "package*", "traits": "removes-package"}, "push": {"options": "--host=url -k=text", "operands": "read",
                    "traits": "publishes sends"}, "yank": {"operands": "package", "traits": "publishes"}, "list": _LOOK, "build": {"operands": "read"}},
            "operands": "text*"},
    "bundle": {"sub": {"exec": {"stop": True, "run": "packages.environment"}, "install": _TEXT, "add": {"operands": "package*"}, "remove": _REMOVE}, "operands": "text*"},
    "bundler": "bundle",
    "composer": {"sub": {"require": {"options": "--dev", "operands": "package*"}, "remove": _REMOVE, "exec": {"stop": True, "operands": "command"},
                         "global": {"operands": "text*"}}, "operands": "text*"},
    "mvn": {"options": "-f,--file=read -D=text -P=text -pl=text -s=read -q", "operands": "text*", "run": "packages.goals"},
    "gradle": {"options": "-b=read -p,--project-dir=enter -D=text -P=text -x=text -I=run", "operands": "text*", "run": "packages.goals"},
    "mvnw": "mvn", "gradlew": "gradle", "sbt": "mvn", "lein": "mvn",
    "dotnet": {"sub": {"nuget": {"sub": {"push": {"options": "-k=text -s=url", "operands": "read", "traits": "publishes sends"}}, "operands": "text*"},
                       "add": {"operands": "text*"}}, "operands": "text*"},
    "nuget": {"sub": {"push": {"operands": "read text*", "traits": "publishes sends"}}, "operands": "text*"},
    "mix": {"sub": {"hex.publish": {"operands": "text*", "traits": "publishes"}, "ecto.drop": {"operands": "text*", "traits": "destroys-data"},
                    "ecto.reset": {"operands": "text*", "traits": "destroys-data"}}, "operands": "text*"},
    "pub": {"sub": {"publish": {"operands": "text*", "traits": "publishes"}}, "operands": "text*"},
    "brew": _SYSTEM, "apt": _SYSTEM, "apt-get": _SYSTEM, "aptitude": _SYSTEM, "apt-cache": _LOOK, "dnf": _SYSTEM, "yum": _SYSTEM, "apk": _SYSTEM,
    "zypper": _SYSTEM, "snap": _SYSTEM, "flatpak": _SYSTEM, "port": _SYSTEM, "choco": _SYSTEM, "scoop": _SYSTEM, "winget": _SYSTEM,
    "pacman": {"options": "-S,--sync -R,--remove!removes-package -U,--upgrade -Q,--query --noconfirm -y -u -s -n -c", "operands": "package*"},
    "dpkg": {"options": "-i,--install=spec -r,--remove=package!removes-package -P,--purge=package!removes-package -l,--list -L=text -s=text -S=text "
             "-x=read --configure=text", "operands": "text*"},
    "rpm": {"options": "-i,--install -U,--upgrade -e,--erase!removes-package -q,--query -a -l -v -h", "operands": "spec*"},
    "nix": {"sub": {"run": {"operands": "package text*"}, "shell": {"options": "-c,--command=text", "operands": "package*"},
                    "build": {"operands": "package*"}}, "operands": "text*"},
    "nix-shell": {"options": "-p,--packages=package --run=shell --command=shell", "operands": "run"}, "nix-env": {"options": "-i,-iA=package -e=package!removes-package",
                                                                                                       "operands": "text*"},
    "asdf": _TEXT, "mise": {"sub": {"exec": {"stop": True, "operands": "command"}, "x": "exec", "run": {"operands": "text*"}}, "operands": "text*"}, "nvm": _TEXT, "fnm": _TEXT,
    "volta": {"sub": {"run": {"stop": True, "operands": "command"}}, "operands": "text*"}, "corepack": _TEXT, "pyenv": {
        "sub": {"exec": {"stop": True, "operands": "command"}}, "operands": "text*"}, "rbenv": "pyenv",
    "lerna": {"sub": {"publish": {"operands": "text*", "traits": "publishes"}, "exec": {"stop": True, "operands": "command"}}, "operands": "text*"},
    "changeset": {"sub": {"publish": {"operands": "text*", "traits": "publishes"}}, "operands": "text*"}, "semantic-release": {
        "options": "-d,--dry-run", "operands": "text*", "traits": "publishes"}, "np": {"operands": "text*", "traits": "publishes"},
    "vsce": {"sub": {"publish": {"operands": "text*", "traits": "publishes"}}, "operands": "text*"}, "goreleaser": {
        "sub": {"release": {"options": "--snapshot --clean", "operands": "text*", "traits": "publishes"}}, "operands": "text*"},
}  # fmt: skip


def publishes(call: Call, work: Work) -> None:
    """Publishing, unless it is only tried."""
    work.line.traits |= set() if work.line.has("--dry-run") else {"publishes"}
    walk.standard(call, work)


def tags(call: Call, work: Work) -> None:
    """`npm dist-tag add` changes what others install."""
    verb = plain(work.line.operands[0]) if work.line.operands else ""
    work.line.traits |= {"publishes"} if verb in ("add", "rm") else set()
    walk.standard(call, work)


def settings(call: Call, work: Work) -> None:
    """`npm config set registry URL` makes every later package a foreign one."""
    words = [plain(word) or "" for word in work.line.operands]
    foreign = any("registry" in word or "index-url" in word for word in words[:3]) and "set" in (*words[:1], *work.command)
    work.line.traits |= {"foreign-package"} if foreign else set()
    walk.standard(call, work)


def fetched(call: Call, work: Work) -> None:
    """`npx NAME …`: a program of the project, a well-known one, or one that is fetched to be run."""
    line = work.line
    named = [*line.values("--package"), *line.values("--from"), *line.values("--spec"), *line.values("--with")]
    operands = list(line.operands)
    name = plain(operands[0]) if operands else ""
    bare = _bare(name or "")
    known = name is not None and not named and _is_known(call, bare)
    line.traits |= set() if known or not (operands or named) or line.has("--no --no-install") else {"foreign-package"}
    if operands and not named and not known:
        work.packages.append(operands[0])
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if name is None:
        call.opaque("which package runs is not known")
    elif operands and index.entry(bare) is not None:
        work.feed = call.run([bare, *operands[1:]], " ".join(work.command), stdin=call.stdin)
    else:
        for value in operands[1:]:
            walk.guess(call, value, "operand")


def _bare(name: str) -> str:
    """Return a package's name without its version and scope: `@scope/tool@1.2` is `tool`."""
    scope, slash, rest = name.rpartition("/") if name[:1] == "@" else ("", "", name)
    base = rest.partition("@")[0].partition("==")[0].partition("[")[0]
    if slash and base == "cli":
        return scope.lstrip("@")
    return base


def _is_known(call: Call, name: str) -> bool:
    """Return whether a tool lies in the project, or is one of those that everybody uses."""
    if index.entry(name) is not None:
        return True
    folder = call.cwd if isinstance(call.cwd, str) else call.world.project
    for place in (folder, call.world.project):
        if place and any(call.world.disk.kind(f"{place}/{where}/{name}") for where in ("node_modules/.bin", ".venv/bin")):
            return True
    return False


def environment(call: Call, work: Work) -> None:
    """`uv run COMMAND`, `poetry run COMMAND`: a command in the project's own environment; a script by its name."""
    line = work.line
    operands = list(line.operands)
    module = line.value("--module")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    label = " ".join(work.command)
    if module is not None:
        work.feed = call.run(["python", "-m", module, *operands], label, stdin=call.stdin)
    elif operands:
        text = plain(operands[0])
        if text is not None and text.endswith(".py"):
            operands.insert(0, "python")
        work.feed = call.run(operands, label, stdin=call.stdin)


def go_run(call: Call, work: Work) -> None:
    """`go run .` runs the project's code, `go run host/path@version` a module that is fetched."""
    line = work.line
    text = plain(line.operands[0]) if line.operands else ""
    foreign = text is None or ("@" in text) or ("." in text.partition("/")[0] and not text.startswith(".") and not text.endswith(".go"))
    if foreign and line.operands:
        line.traits.add("foreign-package")
        work.packages.append(line.operands[0])
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.operands:
        script = plain(value)
        if script is None or not script.endswith(".go"):
            break
        call.path(READ, value, "what runs")
        call.path("execute", value, "what runs")


def goals(call: Call, work: Work) -> None:
    """`mvn deploy`, `gradle publish`."""
    words = {plain(word) or "" for word in work.line.operands}
    if words & {"deploy", "publish", "release:perform", "publishToMavenCentral", "uploadArchives", "publishSigned"}:
        work.line.traits.add("publishes")
    walk.standard(call, work)


