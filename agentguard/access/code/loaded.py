"""Files that this text has written and that a later tool of it loads by their names.

`cat > conftest.py <<…; pytest`, `cat > build.rs <<…; cargo build`: nothing on the command line names the file, and yet its
code runs. Which tools load what is in the table: programs, and behind the bar the names of files, or their endings. A
file that lies where such a tool works (beneath the folder at hand, in the project, or beside a path that the command or
a variable set for it names) is read by its language, once for each text that it gets. What comes of it is judged like a
program of the project (see possible): certain rows become possible, nothing of it is opaque; but what it reads counts,
as the text is handed over in this call, and so does an unknown text that it hands to a shell where the command names it.
What a tool runs by itself (tests, settings, tasks) tells others as surely as code of the call: secrets of the
environment, what it has read, all of the environment.

Sources: the manual of each tool, on the files that it loads or compiles.
"""

from __future__ import annotations

from agentguard.access.code import reach
from agentguard.access.model import ANY
from agentguard.access.shell.made import FILE
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

_LOADS = """
python python3 python2 pypy pypy3 ipython pytest py.test tox \
nox pip pip3 uv poetry pdm hatch flit pipenv coverage sphinx-build scons waf invoke inv fab doit snakemake gunicorn uvicorn \
flask hypercorn daphne celery alembic manage.py jupyter streamlit scrapy locust behave nose2 nosetests trial unittest build \
mkdocs papermill pylint rye pixi conda-build cibuildwheel dvc buildozer django-admin setup.py pyinstaller briefcase maturin \
meltano dagster prefect airflow luigi robot stestr ward green mutmut \
| .py .pyx tox.ini setup.cfg pyproject.toml SConstruct SConscript wscript Snakefile .ipy
node nodejs npm npx yarn pnpm pnpx bun bunx deno tsx ts-node vite vitest webpack webpack-cli jest mocha ava tap tape jasmine \
karma cypress playwright wdio testcafe eslint prettier stylelint babel rollup parcel esbuild swc tsup next nuxt nuxi astro \
gatsby remix svelte-kit ng vue-cli-service react-scripts craco expo storybook lint-staged commitlint husky gulp grunt turbo nx \
lerna rush electron tailwindcss postcss eleventy docusaurus vitepress metro react-native rspack rsbuild tsdown unbuild hardhat \
truffle knex sequelize prisma drizzle-kit typeorm semantic-release release-it changeset plop hygen size-limit c8 nyc \
cucumber-js codeceptjs nodemon pm2 git concurrently wrangler serverless sls cdk sst firebase \
| .js .mjs .cjs .ts .mts .cts .jsx .tsx .lintstagedrc .lintstagedrc.json
ruby rake rspec bundle bundler rails irb pry guard cap jekyll fastlane pod vagrant brew gem cucumber minitest puma unicorn \
rackup sidekiq rubocop middleman nanoc yard danger kitchen berks chef-client chef-solo cookstyle ruby-lsp spring thor \
| .rb .rake .gemspec .ru Rakefile Gemfile Guardfile Fastfile Podfile Vagrantfile Capfile Dangerfile Brewfile Thorfile .pryrc \
  .irbrc .rspec Berksfile
php phpunit composer artisan pest codecept behat phpstan psalm php-cs-fixer rector pint deployer dep paratest infection drush \
wp symfony | .php
perl prove perldoc cpanm carton plackup dzil make | .pl .pm .t .PL .psgi
lua luajit busted luarocks nvim love tarantool resty | .lua .rockspec
R Rscript | .R .r .Rprofile
julia | .jl
elixir iex mix | .ex .exs
go gotestsum ginkgo dlv mage air goreleaser ko buffalo templ wails tinygo goreman gotip gomobile | .go
cargo rustc rustup cross trunk maturin wasm-pack bacon just-rs | .rs
cc gcc g++ c++ clang clang++ tcc make cmake ninja meson ctest zig emcc nvcc gcc-12 gcc-13 clang-17 clang-18 icc musl-gcc bear \
ccache | .c .cc .cpp .cxx .m .mm .zig CMakeLists.txt .cmake meson.build
java javac jshell mvn mvnw gradle gradlew kotlin kotlinc scala scala-cli sbt ant jbang groovy groovyc \
| .java .kt .kts .scala .sc .groovy .gradle build.xml pom.xml .sbt .jsh
cmake ctest cpack | CMakeLists.txt .cmake .c .cpp
dotnet msbuild csc mcs nuget mono csi fsi | .cs .csproj .fsproj .vbproj .targets .props .fsx .csx .fs .cake
swift swiftc xcodebuild | .swift
dart flutter | .dart
nim nimble crystal shards nimc | .nim .cr .nims
ant | build.xml
terraform tofu terragrunt packer | .tf .hcl .tofu .pkr.hcl .tfvars
ansible-playbook ansible ansible-pull molecule | .yml .yaml
pre-commit prek lefthook | .pre-commit-config.yaml lefthook.yml lefthook.yaml lefthook-local.yml
docker-compose docker podman podman-compose nerdctl buildah | compose.yml compose.yaml Dockerfile Containerfile .dockerfile \
  compose.override.yml compose.override.yaml
direnv | .envrc
nix nix-build nix-shell nix-instantiate nixos-rebuild home-manager | .nix
bazel bazelisk buck2 pants | .bzl BUILD BUILD.bazel WORKSPACE MODULE.bazel
act gitlab-runner drone woodpecker circleci | .yml .yaml
emacs emacsclient | .el
guile racket sbcl clojure clj bb lein | .scm .rkt .lisp .clj .bb
runghc runhaskell ghc ghci stack cabal ocaml dune | .hs .ml
jenkins-runner jenkinsfile-runner | Jenkinsfile
pdflatex xelatex lualatex latexmk latex tex luatex tectonic | .tex .sty .cls .ltx
asciidoctor asciidoctor-pdf asciidoc antora | .adoc .asciidoc .asc
mkdocs mdbook pandoc quarto sphinx-build jupyter-book hugo typst zensical | .md .rst .typ .qmd
plantuml | .puml .plantuml .pu .iuml
jsonnet tk | .jsonnet .libsonnet
"""
# Which language a file is in, by its name or its ending.
_LANGUAGES = """
python: .py .pyx .ipy SConstruct SConscript wscript Snakefile
javascript: .js .mjs .cjs .ts .mts .cts .jsx .tsx
ruby: .rb .rake .gemspec .ru Rakefile Gemfile Guardfile Fastfile Podfile Vagrantfile Capfile Dangerfile Brewfile Thorfile
  .pryrc .irbrc Berksfile
php: .php
perl: .pl .pm .t .PL .psgi
lua: .lua .rockspec
r: .R .r .Rprofile
julia: .jl
elixir: .ex .exs
groovy: .groovy .gradle Jenkinsfile
compiled: .go .rs .c .cc .cpp .cxx .m .mm .zig .java .kt .kts .scala .sc .cs .csx .swift .dart .jsh .sbt .fs .fsx .cake
other: .nim .nims .cr .nix .bzl BUILD BUILD.bazel WORKSPACE MODULE.bazel .el .scm .rkt .lisp .clj .bb .hs .ml meson.build
includes: .tex .sty .cls .ltx .adoc .asciidoc .asc .md .rst .typ .qmd .puml .plantuml .pu .iuml .jsonnet .libsonnet
shell: .envrc
settings: .ini .cfg .toml
yaml: .yml .yaml
markup: .xml .csproj .fsproj .vbproj .targets .props
cmake: .cmake CMakeLists.txt
terraform: .tf .hcl .tofu .tfvars
dockerfile: Dockerfile Containerfile .dockerfile
"""
# Variables that name folders or files from which code is loaded.
_SEARCHED = ("PYTHONPATH", "PYTHONSTARTUP", "NODE_PATH", "NODE_OPTIONS", "RUBYLIB", "RUBYOPT", "PERL5LIB", "PERL5OPT",
             "LUA_PATH", "R_PROFILE_USER", "GROOVY_HOME", "CLASSPATH")  # fmt: skip
# Names of files that a tool runs by itself: tests, settings, tasks. Others are only there to be loaded.
_STARTS = (
    "conftest.py", "test_", "setup.py", "noxfile.py", "tasks.py", "fabfile.py", "sitecustomize.py", "usercustomize.py",
    "build.rs", "gulpfile.", "Gruntfile.", "Rakefile", "Gemfile", "Guardfile", "Fastfile", "Podfile", "Vagrantfile",
    "Dangerfile", "SConstruct", "Snakefile", "spec_helper.", "rails_helper.", "build.gradle", "settings.gradle",
    "manage.py", "dodo.py",
)  # fmt: skip
_INNER = (".test.", ".spec.", ".config.", ".setup.", ".e2e.", ".cy.", "rc.js", "rc.cjs", "rc.mjs")
_TESTS = ("_test", "_spec", "Test", "Tests", "Spec", "IT")  # what the name before the ending ends with
# Programs that run the one file that they are given, some of them where a word says so.
_RUNNERS = frozenset({"java", "dart", "swift", "scala", "groovy", "jbang", "kotlin"})
# Files in which a tool finds commands beside the code.
_ALSO = {
    "noxfile.py": "runs", "tasks.py": "runs", "fabfile.py": "runs", "lint-staged": "strings", ".lintstagedrc.js": "strings",
    "flake.nix": "includes", "default.nix": "includes", "shell.nix": "includes",
    ".lintstagedrc": "strings", ".lintstagedrc.json": "strings", ".lintstagedrc.cjs": "strings",
}  # fmt: skip
# Programs that run what they are given at a descriptor, though it has none of the endings above.
_DESCRIPTORS = frozenset(
    {"go", "java", "rustc", "gcc", "g++", "cc", "c++", "clang", "clang++", "tcc", "zig", "dart", "tinygo"}
)
_NAMES: dict[str, set[str]] = {}
_KINDS: dict[str, str] = {}


def _read() -> None:
    for line in _LOADS.strip("\n").replace(" \\\n", " ").split("\n"):
        programs, bar, files = line.partition("|")
        if not bar:
            continue
        for name in programs.split():
            _NAMES.setdefault(name, set()).update(files.split())
    kind = ""
    for line in _LANGUAGES.strip("\n").split("\n"):
        head, colon, files = line.partition(":")
        kind = head if colon else kind
        for name in (files if colon else line).split():
            _KINDS[name] = kind


def by(call: Call) -> None:
    """Judge what this text has written and the tool at hand loads."""
    made = call.machine.made
    if not _NAMES:
        _read()
    wanted = _NAMES.get(call.name)
    if wanted is not None and call.name in _DESCRIPTORS:
        _handed(call)
    if made is None or wanted is None or call.machine.reading or call.machine.elsewhere is not None:
        return
    near: list[str] | None = None
    for place in list(made.places):
        if not isinstance(place, str):
            continue
        name = place.rpartition("/")[2]
        if not _fits(name, wanted):
            continue
        for thing in made.places[place]:
            text = thing.feed.value if thing.kind == FILE and thing.feed is not None else None
            if not isinstance(text, str) or (place, text) in made.judged:
                continue
            if near is None:
                near = _near(call)
            if not place.startswith(tuple(near)):
                continue
            made.judged.add((place, text))
            _judge(call, place, name, text)


def _handed(call: Call) -> None:
    """`go run <(…)`, `java /dev/stdin`: the source that is compiled and run has no name."""
    for word in call.words:
        if not isinstance(word, str) or not word.startswith("/dev/"):
            continue
        for feed in call.contents(word):
            from agentguard.access.programs import coded  # noqa: PLC0415 - loads modules that load this one

            if isinstance(feed.value, str):
                coded.read_code(call, "compiled", feed.value)
            elif feed.fetched:
                call.fetched_or_opaque("what is compiled is not known", fetched=True)


def _fits(name: str, wanted: set[str]) -> bool:
    return name in wanted or any(
        name.endswith(one) if one[:1] == "." else name.startswith(one + ".") and one[:1].isupper() for one in wanted
    ) or ("compose.yml" in wanted and "compose" in name and name.endswith((".yml", ".yaml")))  # fmt: skip


def _near(call: Call) -> list[str]:
    """Return the beginnings of paths that a tool loads files from."""
    found: list[str] = []
    if isinstance(call.cwd, str):
        found.append(call.cwd.rstrip("/") + "/")
    found += [folder.rstrip("/") + "/" for folder in (call.world.project, *call.world.worktrees) if folder]
    values: list[Value] = [*call.words[:64], *call.assigned.values()]
    values += [value for name in _SEARCHED if (value := call.variable(name)) is not None]
    for value in values:
        if not isinstance(value, str) or len(value) > 4_000:
            continue
        for piece in value.replace("=", ":").replace(",", ":").split(":"):
            piece = piece.removeprefix("-I").removeprefix("@")  # noqa: PLW2901 - an option that is one word with its value
            place = call.place(piece) if piece and piece[:1] != "-" else None
            if isinstance(place, str):
                found.append(
                    place.rstrip("/") + "/" if call.world.disk.kind(place) == "dir" else place.rpartition("/")[0] + "/"
                )
    return [one for one in found if one != "/"]


def _hides(kind: str, given: Any) -> bool:
    """Return whether code hands a text to a shell that is not known: `system(x)`, `exec.Command("sh", "-c", x)`."""
    if kind == "shell":
        return not isinstance(given, str)
    at = given.index("-c") + 1 if "-c" in given else 0
    return bool(
        at and str(given[0]).rpartition("/")[2] in reach.SHELLS and at < len(given) and parts_of(given[at])[0] is ANY
    )


def _runs(call: Call, place: str, name: str) -> bool:
    """Return whether a tool surely runs a file: one of its own, or the one that it is told to run."""
    if name.startswith(_STARTS) or any(one in name for one in _INNER) or name.rpartition(".")[0].endswith(_TESTS):
        return True
    return (call.name in _RUNNERS or "run" in call.words[:2]) and any(call.place(word) == place for word in call.words)


def _judge(call: Call, place: str, name: str, text: str) -> None:
    """Read one file by its language."""
    kind = _KINDS.get(name) or _KINDS.get(name[name.rfind(".") :] if "." in name[1:] else name)
    kind = kind or next((_KINDS[one] for one in ("Dockerfile", "Containerfile") if name.startswith(one)), "")
    if text[:2] == "#!" and not kind:
        kind = "shell"

    def act(text: str) -> None:
        from agentguard.access.programs import coded  # noqa: PLC0415 - loads modules that load this one

        call.machine.program = "tool" if _runs(call, place, name) else "loaded"
        if kind == "python" or kind in coded.SCANNED:
            found = coded.findings(call, kind, text, file=place)
            hides.extend(one for one, value in found if one in ("shell", "command") and _hides(one, value[0]))
            coded.apply(call, found, kind)
        elif kind == "shell":
            call.shell(text, f"{call.name} {name}", state=call.child([]))
        elif kind:
            from agentguard.access.code import settings  # noqa: PLC0415 - few files are any

            settings.read(call, kind, text)
        if (more := _ALSO.get(name.partition(".config.")[0])) is not None:
            from agentguard.access.code import settings  # noqa: PLC0415 - as above

            settings.read(call, more, text)

    hides: list[str] = []
    origin = call.origin
    call.begin((name,), (), (), frozenset())
    reach.inside(call, act, text)
    call.origin = origin
    if hides and kind == "compiled" and any(call.place(word) == place for word in call.words):
        call.opaque(f"what {name} hands to a shell is not known")
