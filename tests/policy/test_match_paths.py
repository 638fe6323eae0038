"""Path conditions: spellings, variables, links, extents, and what is asked of a doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard.access.model import ANY, EXACT, GLOB, NUMBER, ONE, STAR, TREE, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy.globs import Glob, symbols
from agentguard.policy.model import MAYBE, NO, YES
from agentguard.policy.pathset import HITS, INSIDE, TOUCHES, PathSet, Spellings, _Patterns, _split


@pytest.fixture
def asked(make_world):
    """Return a function that asks a set of patterns about a path."""

    def ask(patterns, value, extent=EXACT, mode=HITS, *, search=None, **facts):
        plain = [text for text in patterns if text[0] != "!"]
        excluded = [text[1:] for text in patterns if text[0] == "!"]
        return PathSet(plain, excluded, Spellings(make_world(**facts))).match(value, extent, mode, search)

    return ask


PIECES = st.sampled_from(["a", "b.c", "/", "/a", "/b.c", "*", "**", "**/", "/**", "?", "[ab]"])


@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join), max_size=4),
    st.lists(st.sampled_from(["a", "b.c", "ab", "c"]), min_size=1, max_size=4),
)
def test_common_shapes_agree_with_automata(patterns, names):
    """Sorting patterns by shape changes no answer."""
    path = "/" + "/".join(names)
    assert any(Glob(text, "/").accepts(path) for text in patterns) == _Patterns(patterns).holds(path)


@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join), max_size=4),
    st.lists(
        st.lists(st.sampled_from(["a", "b.c", "/", "/a/", ANY, STAR, ONE, NUMBER]), max_size=5), min_size=1, max_size=3
    ),
)
def test_what_is_left_out_and_kept_changes_no_answer(patterns, paths):
    """Patterns that lie elsewhere or end otherwise are not asked; beginnings are shared. Each answer is the automata's."""
    ready = _Patterns(patterns)
    for parts in [*paths, *paths]:
        text = symbols(Pattern(("/", *parts)), sep="/")
        assert any(Glob(one, "/").covers(text) for one in patterns) == ready.covers(_split(text))
        assert max((Glob(one, "/").meets(text) for one in patterns), default=NO) == ready.meets(_split(text))


@given(
    st.lists(st.lists(PIECES, min_size=1, max_size=5).map("".join).map("/".__add__), max_size=4),
    st.lists(st.sampled_from(["a", "b.c", "ab", "c"]), max_size=4),
)
def test_anchored_patterns_agree_with_automata_about_trees(patterns, names):
    """Those that lie elsewhere are not asked."""
    root = "/" + "/".join(names)
    known = max((Glob(one, "/").tree(root) for one in patterns), default=NO)
    assert known == _Patterns(patterns).tree(root)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("~", "/home/dev"),
        ("~/.ssh/**", "/home/dev/.ssh/id"),
        ("{home}/x", "/home/dev/x"),
        ("{project}/**", "/home/dev/project/src/a.py"),
        ("{tmpdir}/**", "/tmp/x"),
        ("{agentguard}/**", "/opt/agentguard/hook.py"),
        ("{agentguard}/**", "/var/lib/agentguard/active.seal"),
        ("/srv/{hostname}/x", "/srv/laptop/x"),
    ],
)
def test_variables(asked, pattern, path):
    """Variables stand for their values, and one with several values for each of them."""
    assert YES == asked([pattern], path)
    assert NO == asked([pattern], "/elsewhere" + path)


def test_a_variable_without_a_value_matches_nothing(asked):
    """Without a project nothing is inside it; a project that is the root would let everything through."""
    assert NO == asked(["{project}/**"], "/src/a", project="")
    assert NO == asked(["{project}/**"], "/src/a", project="/")
    assert NO == asked(["{nonsense}/**"], "/src/a")


def test_other_checkouts_of_the_repository_are_in_the_project(asked):
    """A linked worktree counts as inside, unless it is the root."""
    assert YES == asked(["{project}/**"], "/home/dev/topic/a.py", worktrees=("/home/dev/topic",))
    assert NO == asked(["{project}/**"], "/etc/x", worktrees=("/",))


def test_the_value_of_a_variable_is_no_pattern(asked):
    """A project folder named like a pattern matches itself only."""
    assert YES == asked(["{project}/**"], "/w/[a]*/x", project="/w/[a]*")
    assert NO == asked(["{project}/**"], "/w/ab/x", project="/w/[a]*")
    assert YES == asked(["{project}/**"], "/w/{home}/x", project="/w/{home}")


def test_the_root_is_not_beneath_itself(asked):
    """`/**` is everything but the root."""
    assert [NO, YES, YES] == [asked(["/**"], "/"), asked(["/**"], "/a"), asked(["/"], "/")]


def test_excluded_patterns(asked):
    """What is taken out of a set is not in it, wherever it stands."""
    keys = ["!~/.ssh/*.pub", "~/.ssh/**"]
    assert [YES, NO] == [asked(keys, "/home/dev/.ssh/id"), asked(keys, "/home/dev/.ssh/id.pub")]


def test_fixed_parts_are_resolved_on_the_disk(asked):
    """A pattern also matches where its fixed part leads, and goes on matching where it stands."""
    links = {"/tmp2": "/private/tmp2", "/home/dev/.ssh": "dotfiles/ssh"}
    facts = {"files": ["/private/tmp2/x", "/home/dev/dotfiles/ssh/id"], "links": links}
    assert [YES, YES] == [asked(["/tmp2/**"], f"{root}/x", **facts) for root in ("/tmp2", "/private/tmp2")]
    assert YES == asked(["~/.ssh/**"], "/home/dev/dotfiles/ssh/id", **facts)
    assert YES == asked(["~/.ssh/*.pem"], "/home/dev/dotfiles/ssh/a.pem", **facts)
    assert NO == asked(["~/.ssh/**"], "/home/dev/dotfiles/x", **facts)


@pytest.mark.parametrize(("platform", "expected"), [("darwin", YES), ("win32", YES), ("linux", NO)])
def test_case_counts_where_the_file_system_says_so(asked, platform, expected):
    """On macOS and Windows another case is the same file, in another Unicode form too."""
    assert expected == asked(["~/.SSH/**"], "/home/dev/.ssh/ID", platform=platform)
    assert expected == asked(["**/caf\u00e9"], "/x/CAFE\u0301", platform=platform)
    assert expected == asked(["**/.ENV"], Pattern((ANY, "/.env")), platform=platform)


def test_windows_roots(asked):
    """Drive letters work like any root."""
    assert YES == asked(["C:/Windows/**"], "c:/windows/system32", platform="win32")
    assert [NO, YES] == [asked(["C:/**"], "C:/", platform="win32"), asked(["C:/"], "C:/", platform="win32")]
    assert YES == asked(["~/x"], "C:/Users/dev/x", platform="win32", home="C:\\Users\\dev")


@pytest.mark.parametrize(
    ("patterns", "parts", "hits", "touches", "inside"),
    [
        (["~/.ssh/**"], ("/home/dev/.ssh/", ANY), YES, YES, YES),
        (["~/.ssh/**"], ("/home/dev/.s", ANY), MAYBE, MAYBE, MAYBE),
        (["**/.env"], ("/home/dev/project/", ANY), NO, MAYBE, MAYBE),
        (["**/.env"], (ANY, "/.env"), YES, YES, YES),
        (["**/.env"], (ANY, ".env"), MAYBE, MAYBE, MAYBE),
        (["**/.env"], (ANY, "/x.py"), NO, NO, NO),
        (["**/*.pem"], ("/tmp/tmp.", ANY), NO, MAYBE, MAYBE),
        (["**/*.pem"], ("/p/", STAR), MAYBE, MAYBE, MAYBE),
        (["**/.env"], ("/p/", STAR), NO, NO, NO),
        (["**/.env"], ("/p/.en", ONE), MAYBE, MAYBE, MAYBE),
        (["**/secrets"], ("/p/", STAR, "ets"), MAYBE, MAYBE, MAYBE),
        (["**/.secrets"], ("/p/", STAR, "ets"), NO, NO, NO),
        (["~/.ssh/**", "!~/.ssh/*.pub"], ("/home/dev/.ssh/", STAR), MAYBE, MAYBE, MAYBE),
        (["~/.ssh/**", "!~/.ssh/*.pub"], ("/home/dev/.ssh/", STAR, ".pub"), NO, NO, NO),
    ],
)
def test_partly_known_paths(asked, patterns, parts, hits, touches, inside):
    """All of a pattern inside is certain, an overlap is a maybe, and an overlap of nothing known is none for a stop."""
    got = [asked(patterns, Pattern(parts), GLOB, mode) for mode in (HITS, TOUCHES, INSIDE)]
    assert [hits, touches, inside] == got


@pytest.mark.parametrize(
    ("patterns", "parts", "hits"),
    [
        (["**/*.pem"], ("/p/dist/", STAR), NO),
        (["**/*.pem"], ("/p/dist/", STAR, ".pem"), YES),
        (["**/*.pem"], ("/p/dist/", STAR, "em"), MAYBE),
        (["~/.ssh/**"], ("/home/dev/.ssh/", STAR), YES),
        (["**/secrets.yml"], ("/p/sec", STAR), MAYBE),
        (["**/secrets.yml"], ("/p/", STAR, ".yml"), NO),
        (["**/secrets.yml"], ("/p/", STAR, "ets.yml"), MAYBE),
        (["**/service-account*.json"], ("/p/", STAR, ".json"), NO),
        (["**/.env.*"], ("/p/.en", STAR), MAYBE),
        (["**/.netrc"], ("/p/.n", STAR), MAYBE),
    ],
)
def test_a_pattern_that_nothing_matches_needs_a_known_part_that_speaks_for_it(asked, patterns, parts, hits):
    """`twine upload dist/*` before anything is built is no hint of a key; `dist/*.pem` is."""
    assert hits == asked(patterns, Pattern(parts), EXACT, HITS)
    assert MAYBE <= asked(patterns, Pattern(parts), EXACT, TOUCHES)


def test_nothing_known_is_a_maybe(asked):
    """A path of which nothing is known may be anywhere."""
    assert MAYBE == asked(["~/.ssh/**"], UNKNOWN)


@pytest.mark.parametrize(
    ("patterns", "root", "hits", "inside"),
    [
        (["~/.ssh/**"], "/home/dev", YES, NO),
        (["~/.ssh/**"], "/home/dev/.ssh", YES, NO),
        (["~/.ssh/**"], "/home/dev/.ssh/keys", YES, YES),
        (["~/.ssh", "~/.ssh/**"], "/home/dev/.ssh", YES, YES),
        (["~/.ssh/**", "!~/.ssh/old/**"], "/home/dev/.ssh/old/x", NO, NO),
        (["~/.ssh/**", "!~/.ssh/*.pub"], "/home/dev/.ssh", YES, NO),
        (["/home/*"], "/home", YES, NO),
        (["/home/*"], "/home/dev/x", NO, NO),
        (["/home/*/.ssh/id"], "/home/dev", YES, NO),
        (["**/.env"], "/home/dev", NO, NO),
        (["/etc/shadow"], "/", YES, NO),
        (["**/cache/**"], "/w/cache/x", YES, YES),
        (["**/cache/**"], "/w/cache", YES, NO),
        (["**/cache", "**/cache/**"], "/w/cache", YES, YES),
        (["**/cache"], "/w/cache", YES, NO),
        (["/w/[ab]/**"], "/w/a/x", YES, YES),
    ],
)
def test_trees(asked, patterns, root, hits, inside):
    """A tree hits what lies in it or round it; it is inside only if all that is beneath it is."""
    assert [hits, inside] == [asked(patterns, root, TREE, mode) for mode in (HITS, INSIDE)]


@pytest.mark.parametrize(
    ("patterns", "parts", "hits", "inside"),
    [
        (["/home"], ("/home/", ANY), MAYBE, MAYBE),
        (["~/.ssh/**"], (ANY, "/node_modules"), NO, MAYBE),
        (["~/.ssh/**"], ("/home/dev/.ssh/", ANY), YES, MAYBE),
        (["~/.ssh/**"], ("/home/dev/.ssh/x", ANY), YES, YES),
        (["**/.env"], ("/w/dist", STAR), NO, MAYBE),
        (["{project}/**"], ("/home/dev/project/", STAR, "/dist"), YES, YES),
        (["{project}/**"], ("/home/dev/project/", ANY), YES, MAYBE),
    ],
)
def test_partly_known_trees(asked, patterns, parts, hits, inside):
    """An unknown last name of a tree may be empty, so the folder itself is meant too."""
    assert [hits, inside] == [asked(patterns, Pattern(parts), TREE, mode) for mode in (HITS, INSIDE)]


def _read_tree(root, command=("cp",)):
    return Row("read", path=Path(root, extent=TREE), origin=Origin(command, flags=("--recursive",)))


def test_reading_a_tree_finds_names_that_may_be_anywhere(decide, make_world):
    """A floating pattern is looked for in a tree that is read, less what is taken out of the set."""
    rules = [{"id": "env", "effect": "deny", "action": ["read", "delete"], "path": ["**/.env", "!**/fixtures/**"]}]
    world = make_world(["/w/a/b/.env", "/v/fixtures/.env", "/u/x"])
    assert ["deny", "allow", "allow"] == [
        decide(rules, _read_tree(root), world=world).effect for root in ("/w", "/v", "/u")
    ]


def test_writing_or_deleting_a_tree_leaks_no_names(decide, make_world):
    """To delete a build folder that holds a .env tells nobody what it holds."""
    rules = [{"id": "env", "effect": "deny", "action": ["write", "delete"], "path": "**/.env"}]
    world = make_world(["/w/a/.env"])
    row = Row("delete", path=Path("/w", extent=TREE))
    assert "allow" == decide(rules, row, world=world).effect
    assert "deny" == decide(rules, Row("delete", path=Path("/w/a/.env", extent=TREE)), world=world).effect


def test_one_look_at_a_tree_serves_all_rules(decide, load, make_world):
    """Ten rules with names that may be anywhere do not look ten times."""
    looked = []

    class Disk(type(make_world().disk)):
        def listdir(self, path, limit):
            looked.append(path)
            return super().listdir(path, limit)

    world = make_world(["/w/a/.env"])
    world.disk = Disk(world.disk._tree)
    rules = [{"effect": "deny", "action": "read", "path": [f"**/name{n}", f"**/*.end{n}"]} for n in range(10)]
    assert "allow" == decide([], _read_tree("/w"), policy=load(rules), world=world).effect
    assert ["/w", "/w/a"] == sorted(looked)


def test_a_search_honours_ignore_files_of_its_program(decide, make_world):
    """What the program leaves out is not read."""
    rules = [{"id": "env", "effect": "deny", "action": "read", "path": "**/.env"}]
    world = make_world(["/w/.git/HEAD", "/w/.env"])
    world.disk._tree["/w/.gitignore"] = b".env\n"
    assert ["allow", "deny"] == [
        decide(rules, _read_tree("/w", command), world=world).effect for command in (("rg",), ("grep",))
    ]


def test_two_spellings(decide):
    """A rule that stops takes the worse spelling of a path, an allow rule the better one."""
    row = Row("read", path=Path("/home/dev/project/a", "/home/dev/.ssh/id"))
    deny = [{"effect": "deny", "path": "~/.ssh/**"}]
    outside = [{"effect": "ask", "not": {"path": "{project}/**"}}]
    lifted = [{"effect": "deny", "path": ["~/.ssh/**"], "unless": [{"path": "{project}/**"}]}]
    allow = [{"effect": "allow", "path": "{project}/**"}]
    assert ["deny", "ask", "deny"] == [decide(rules, row).effect for rules in (deny, outside, lifted)]
    assert "ask" == decide(allow, row, defaults={"effect": "ask"}).effect
    assert "allow" == decide(allow, Row("read", path=Path("/home/dev/project/a")), defaults={"effect": "ask"}).effect


def test_a_tree_that_only_overlaps_is_not_inside(decide):
    """To delete the home deletes outside the project too, though the project lies in it."""
    rules = [{"effect": "ask", "action": "delete", "not": {"path": "{project}/**"}}]
    roots = ["/home/dev", "/home/dev/project", "/home/dev/project/dist"]
    decisions = [decide(rules, Row("delete", path=Path(root, extent=TREE))) for root in roots]
    assert [True, True, False] == [any(hit.rule == "rule/0" for hit in decision.hits) for decision in decisions]
