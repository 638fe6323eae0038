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
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


# Tools that everybody starts this way; those with an entry of their own need not stand here.
_KNOWN = """
astro ava babel bandit basedpyright biome cap changeset codespell commitlint cookiecutter cpx craco cspell cypress
depcheck deptry docusaurus dotenv drizzle-kit electron electron-builder expo firebase gatsby http-server husky
import-linter invoke ionic jasmine karma knex knip lerna lint lint-staged madge markdownlint markdownlint-cli2 metro
mkdocs mocha mutmut ncu netlify next ng nodemon nox npm-check-updates npm-run-all nuxt nx onchange only-allow oxlint
parcel patch-package pip-audit pip-licenses playwright postcss pre-commit prettier-eslint pylint pyright pyupgrade
react-scripts remix rollup rspack safety sass serverless size-limit storybook stylelint supabase svelte-check
svelte-kit swc tailwindcss tap tox ts-jest ts-node-dev ts-prune tsc-watch tsup turbo typedoc typeorm unittest vite
vue-tsc vulture wait-on wdio webpack wrangler yalc
"""


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
    foreign = any("registry" in word or "index-url" in word for word in words[:3]) and "set" in (
        *words[:1],
        *work.command,
    )
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
    if name in _KNOWN.split() or index.entry(name) is not None:
        return True
    folder = call.cwd if isinstance(call.cwd, str) else call.world.project
    for place in (folder, call.world.project):
        if place and any(
            call.world.disk.kind(f"{place}/{where}/{name}") for where in ("node_modules/.bin", ".venv/bin")
        ):
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
    foreign = (
        text is None
        or ("@" in text)
        or ("." in text.partition("/")[0] and not text.startswith(".") and not text.endswith(".go"))
    )
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
