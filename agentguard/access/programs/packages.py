"""Package managers: what they install and from where, what they publish, which scripts they run.

npm, yarn, pnpm and bun; pip, uv, pipx, poetry and conda; cargo, go, gem, composer; the package managers of systems. The
registry itself is no connection of its own: that is what these programs are for. A package from anywhere else is
`foreign-package`, and so is one that `npx` and its kin would fetch just to run it.
"""

from __future__ import annotations

from agentguard.access.model import READ, WRITE
from agentguard.access.programs import index, walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
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


# What `npm create X` and its kin may fetch and run: the starters that frameworks name in their own manuals.
_STARTERS = """
vite next-app react-app svelte astro nuxt nuxt-app t3-app t3-turbo expo-app expo vue remix qwik solid solid-app
react-router hono elysia cloudflare docusaurus gatsby tauri-app electron-app electron-vite vitepress turbo nx-workspace
nx-angular strapi-app strapi medusa-app sanity payload-app redwood-app rsbuild rspack rslib farm lit preact slidev fastify
adonisjs keystone-app eslint-config @eslint/config @eslint/create-config playwright wdio jest storybook @angular @vitejs
react-native-app react-native react-native-library tanstack-app @tanstack/start waku fresh video remotion mastra
"""


def publishes(call: Call, work: Work) -> None:
    """Publishing, unless it is only tried."""
    work.line.traits |= set() if work.line.has("--dry-run") else {"publishes"}
    walk.standard(call, work)


def tags(call: Call, work: Work) -> None:
    """`npm dist-tag add` changes what others install."""
    verb = plain(work.line.operands[0]) if work.line.operands else ""
    work.line.traits |= {"publishes"} if verb in ("add", "rm", "grant", "revoke", "set", "remove", "public") else set()
    walk.standard(call, work)


def each(call: Call, work: Work) -> None:
    """`yarn workspaces foreach COMMAND`: yarn's own command, once in each workspace."""
    walk.standard(call, work)
    if work.line.operands:
        work.feed = call.run([call.name, *work.line.operands], " ".join(work.command))


# Where the settings of package managers stand, beneath the home: npm-config(1), pip configuration, go env, gem env.
_FILES = {
    "npm": ".npmrc", "pnpm": ".npmrc", "yarn": ".yarnrc.yml", "bun": ".bunfig.toml", "pip": ".config/pip/pip.conf",
    "go": ".config/go/env", "gem": ".gemrc", "poetry": ".config/pypoetry/config.toml", "bundle": ".bundle/config",
    "composer": ".config/composer/config.json", "conda": ".condarc", "cargo": ".cargo/credentials.toml",
    "dotnet": ".nuget/NuGet/NuGet.Config", "uv": ".config/uv/uv.toml",
}  # fmt: skip
_SOURCES = ("registry", "index-url", "index_url", "proxy", "mirror", "source", "repo", "channel", "find-links")


_CHANGING = frozenset({"set", "unset", "delete", "edit", "add", "append", "login"})
_BY_VALUE = frozenset({"composer", "poetry", "bundle", "bundler", "pdm"})  # `config NAME VALUE` sets


def settings(call: Call, work: Work) -> None:
    """`npm config set registry URL` makes every later package a foreign one; settings stand in a file."""
    line = work.line
    words = [plain(word) or "" for word in line.operands]
    verbs = {*work.command[1:], *words[:1]}
    changes = not verbs.isdisjoint(_CHANGING) or line.has("--add --unset -w --set --append --prepend")
    changes = changes or (call.name in _BY_VALUE and len(words) > 1 and words[0] not in ("get", "list"))
    names = [word.lower() for word in words if word not in _CHANGING][:2]
    names += [(plain(value) or "").lower() for option in ("--add", "--set") for value in line.values(option)]
    shows = any("_auth" in name or "password" in name or "token" in name for name in names)
    if not changes:
        line.traits |= {"prints-environment"} if shows else {"read-only"}
    elif any(mark in name for name in names for mark in _SOURCES):
        line.traits.add("foreign-package")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if changes and (place := _FILES.get(call.name.rstrip("0123456789"))):
        call.path(WRITE, _of_project(call, work) or f"{call.world.home}/{place}", "the settings")


# Where they stand in a project, and the options that choose between the two.
_IN_PROJECT = {
    "npm": ".npmrc", "pnpm": ".npmrc", "yarn": ".yarnrc.yml", "poetry": "poetry.toml", "bundle": ".bundle/config",
    "composer": "composer.json",
}  # fmt: skip


def _of_project(call: Call, work: Work) -> str:
    """Return the file of the project that settings go to, "" where they are the person's."""
    line = work.line
    asked = line.value("--location") == "project" or line.has("--local")
    usual = call.name in ("yarn", "bundle", "composer") and not line.has("--home --global")
    return _IN_PROJECT.get(call.name, "") if asked or usual else ""


def sources(call: Call, work: Work) -> None:
    """`gem sources --add URL`: where every later package comes from."""
    added = work.line.values("--add")
    work.line.traits |= {"foreign-package"} if added else set()
    walk.standard(call, work)
    if added or work.line.has("--remove --clear-all"):
        call.path(WRITE, f"{call.world.home}/.gemrc", "the settings")


def starters(call: Call, work: Work) -> None:
    """`npm create X` and `npm init X` fetch create-X and run it; without X they write a package.json."""
    line = work.line
    name = plain(line.operands[0]) if line.operands else ""
    base = (name or "").rpartition("@")[0] or (name or "") if (name or "")[1:].count("@") else (name or "")
    known = base.removeprefix("create-") in _STARTERS.split()
    if line.operands and not known:
        line.traits.add("foreign-package")
        work.packages.append(line.operands[0])
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


# Hosts whose modules come from people that go's users know; a name elsewhere may be anybody's.
FORGES = frozenset({
    "github.com", "gitlab.com", "bitbucket.org", "golang.org", "google.golang.org", "go.uber.org", "gopkg.in", "k8s.io",
    "sigs.k8s.io", "honnef.co", "mvdan.cc", "cloud.google.com", "go.opentelemetry.io", "buf.build", "connectrpc.com",
    "gotest.tools", "rsc.io", "filippo.io", "modernc.org", "entgo.io", "gorm.io", "go.etcd.io", "helm.sh", "codeberg.org",
    "go.mongodb.org", "gocloud.dev", "cuelang.org", "go.dev", "gitea.com", "git.sr.ht", "dario.cat", "ariga.io",
    "go.temporal.io", "gioui.org", "fyne.io", "gonum.org", "goa.design", "encore.dev", "dagger.io", "layeh.com",
    "oras.land", "tailscale.com", "zombiezen.com", "nhooyr.io", "go4.org", "pgregory.net", "lukechampine.com",
})  # fmt: skip
# Tools that are started by `go run MODULE@VERSION` everywhere.
_GO_TOOLS = frozenset({
    "goimports", "golangci-lint", "gofumpt", "mockgen", "mockery", "sqlc", "templ", "air", "wire", "swag", "ginkgo",
    "gotestsum", "protoc-gen-go", "protoc-gen-go-grpc", "staticcheck", "govulncheck", "stringer", "oapi-codegen", "buf",
    "goose", "migrate", "godoc", "pkgsite", "gopls", "dlv", "benchstat", "gotip", "ent", "gqlgen", "ko", "task", "goreleaser",
    "controller-gen", "setup-envtest", "kustomize", "deadcode", "modernize", "nilaway", "gosec", "addlicense", "golines",
})  # fmt: skip


def modules(call: Call, work: Work) -> None:
    """`go get MODULE@VERSION`, `go install MODULE@VERSION`: what is here, or a module of a host that is known or not."""
    strange = False
    for value in work.line.operands:
        text = plain(value)
        host = (text or "").partition("/")[0]
        here = text is not None and (text[:1] in "./" or text in ("all", "cmd", "tool") or "." not in host)
        strange = strange or not (here or host in FORGES)
        if not here:
            work.packages.append(value)
    work.line.traits |= {"foreign-package"} if strange else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def fetched(call: Call, work: Work) -> None:
    """`npx NAME …`: a program of the project, a well-known one, or one that is fetched to be run."""
    line = work.line
    for value in line.values("--node-options"):
        call.set_variable("NODE_OPTIONS", value)
    named = [*line.values("--package"), *line.values("--from"), *line.values("--spec"), *line.values("--with")]
    operands = list(line.operands)
    name = plain(operands[0]) if operands else ""
    bare = _bare(name or "")
    shell = line.has("--shell-mode")  # the operand is text for a shell, packages are only those that options name
    known = not named and (shell or (name is not None and _is_known(call, bare)))
    line.traits |= set() if known or not (operands or named) or line.has("--no --no-install") else {"foreign-package"}
    if operands and not named and not known:
        work.packages.append(operands[0])
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if operands and shell:
        work.feed = call.shell(operands[0], " ".join(work.command), stdin=call.stdin)
    elif name is None:
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


# Tables whose programs come with a system: a package that has the name of one is something else.
_NOT_PUBLISHED = frozenset({
    "machine", "windows", "processes", "files", "text", "shells", "systems", "secrets", "clouds", "remotes", "archives",
    "tracers", "agents", "forges", "containers",
})  # fmt: skip


def published(name: str) -> bool:
    """Return whether a program of the tables comes as a package, and not with a system."""
    return index.entry(name) is not None and index.family(name) not in _NOT_PUBLISHED


def _is_known(call: Call, name: str) -> bool:
    """Return whether a tool lies in the project, or is one of those that everybody uses."""
    starter = name.startswith("create-") and name.removeprefix("create-") in _STARTERS.split()
    if starter or name in _KNOWN.split() or published(name):
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
    if operands[:1] == ["--"]:
        del operands[0]
    module = line.value("--module")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    label = " ".join(work.command)
    if module is not None:
        work.feed = call.run(["python", "-m", module, *operands], label, stdin=call.stdin)
    elif operands and (line.has("--shell-mode") or (len(operands) == 1 and " " in str(operands[0]))):
        from agentguard.access.programs import filling  # noqa: PLC0415 - rare

        work.feed = call.shell(filling.joined(operands), label, stdin=call.stdin)
    elif operands:
        text = plain(operands[0])
        if text == "-" or (text is not None and text.endswith(".py")):
            operands.insert(0, "python")
        work.feed = call.run(operands, label, stdin=call.stdin)


def go_run(call: Call, work: Work) -> None:
    """`go run .` runs the project's code, `go run host/path@version` a module that is fetched."""
    line = work.line
    text = plain(line.operands[0]) if line.operands else ""
    tool = (text or "").partition("@")[0].rstrip("/")
    foreign = text is None or (
        ("@" in text and not (tool.rpartition("/")[2] in _GO_TOOLS and tool.partition("/")[0] in FORGES))
        or ("." in text.partition("/")[0] and not text.startswith(".") and not text.endswith(".go") and "@" not in text)
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
        _go_file(call, value)
    if text in ("-", "/dev/stdin"):
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

        interpreters.from_stdin(call, work, "compiled")


def _go_file(call: Call, value: Value) -> None:
    """A file of Go that runs: one that was fetched, or one of the disk; what this text wrote is read with its like."""
    from agentguard.access.code import reach  # noqa: PLC0415 - few commands run a file

    feeds = call.contents(value)
    for feed in feeds:
        if not isinstance(feed.value, str) and feed.fetched:
            call.fetched_or_opaque("what is in the file is not known", fetched=True)
    if not feeds:
        reach.code(call, value, "compiled")


_PUBLISHING = frozenset({
    "deploy", "publish", "release:perform", "uploadarchives", "publishsigned", "sonatypebundlerelease", "npmpublish",
    "nexus-staging:release", "jreleaserfullrelease", "closeandreleaserepository", "deploy:deploy", "dockerpush", "jib",
    "jib:build", "deploy-file", "deploy:deploy-file",
})  # fmt: skip
_DROPPING = frozenset({"flywayclean", "flyway:clean", "dropall", "liquibase:dropall", "liquibasedropall"})


def goals(call: Call, work: Work) -> None:
    """`mvn deploy`, `gradle :lib:publish`, `sbt +publishSigned`."""
    for value in work.line.operands:
        goal = (plain(value) or "").lower().lstrip("+")
        task = goal if call.name in ("mvn", "mvnw") else goal.rpartition(":")[2]
        publishes = task.startswith("publish") and "local" not in task and call.name not in ("mvn", "mvnw")
        if publishes or task in _PUBLISHING:
            work.line.traits |= set() if work.line.has("--dry-run -m") else {"publishes"}
        if task in _DROPPING:
            work.line.traits.add("destroys-data")
    walk.standard(call, work)
    for value in work.line.operands if call.name == "sbt" else ():  # `sbt 'eval CODE'`
        text = plain(value) or ""
        if text.startswith("eval "):
            from agentguard.access.programs import coded  # noqa: PLC0415 - rare

            coded.read_code(call, "compiled", text[5:])
    if (program := given(work, "exec.executable")) is not None:  # exec:exec of mvn; `--args` of gradle's is not one
        from agentguard.access.programs import filling  # noqa: PLC0415 - rare

        more = given(work, "exec.args") or given(work, "exec.commandlineArgs") or ""
        call.shell(filling.joined([program, more]), call.name)


def builds(call: Call, work: Work) -> None:
    """`python setup.py sdist upload`: commands one behind the other."""
    if not {"upload", "register", "upload_docs"}.isdisjoint(plain(value) for value in work.line.operands):
        work.line.traits.add("publishes")
    walk.standard(call, work)


def migrates(call: Call, work: Work) -> None:
    """`dotnet ef database update 0` takes every migration back."""
    if work.line.operands[:1] == ["0"]:
        work.line.traits.add("destroys-data")
    walk.standard(call, work)


def given(work: Work, name: str) -> Value | None:
    """Return the property that `-DNAME=VALUE` sets, None where none does."""
    return next((value for flag, value in work.line.flags if flag in ("-D" + name, "--define " + name)), None)


def nix(call: Call, work: Work) -> None:
    """`nix run nixpkgs#hello` takes from what everybody uses, `nix run github:x/y` from somebody."""
    line = work.line
    refs = [plain(value) or "" for value in line.operands]
    refs = refs[:1] if work.command[-1] == "run" else refs
    strange = any(
        ref.startswith(("github:", "gitlab:", "git+", "http", "tarball+", "sourcehut:", "path:/"))
        and not ref.lower().startswith(("github:nixos/", "github:nix-community/"))
        for ref in refs
    )
    strange = strange or any("://" in (plain(value) or "://") for value in line.values("--expr"))
    line.traits |= {"foreign-package"} if strange else set()
    carried = line.values("--command")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.values("--expr"):
        from agentguard.access.code import settings  # noqa: PLC0415 - rare

        settings.read(call, "includes", plain(value) or "")
    if carried and "--command" in call.words:
        at = call.words.index("--command")
        work.feed = call.run(call.words[at + 1 :], "nix " + work.command[-1], stdin=call.stdin)
    elif carried and "-c" in call.words:
        at = call.words.index("-c")
        work.feed = call.run(call.words[at + 1 :], "nix " + work.command[-1], stdin=call.stdin)


def brews(call: Call, work: Work) -> None:
    """`brew install USER/TAP/NAME` takes from somebody's own tap."""
    for value in work.line.operands:
        text = plain(value) or ""
        official = text.lower().startswith(
            ("homebrew/", "hashicorp/tap", "mongodb/brew", "aws/tap", "azure/", "stripe/")
        )
        if "/" in text and text[:1] not in "./~" and not official:
            work.line.traits.add("foreign-package")
    walk.standard(call, work)
