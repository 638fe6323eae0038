"""xargs and parallel: one command for each of the items that they read.

xargs(1) of GNU and of BSD; parallel(1), whose replacement strings are `{}` `{.}` `{/}` `{//}` `{/.}` `{#}` `{%}` and, for
one input source of several, `{N}` and `{N.}`.
"""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN
from agentguard.access.programs import filling, net, walk
from agentguard.access.shell.limits import MAX_ALTERNATIVES
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.flow import Feed


def _begin(call: Call, work: Work) -> list[Value]:
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    return list(work.line.operands)


# -- xargs


def xargs(call: Call, work: Work) -> None:
    """`xargs COMMAND`: the words of standard input go behind the command, or in place of the mark of -I."""
    line = work.line
    words = _begin(call, work) or ["echo"]
    found = _words(call, line)
    mark = line.value("-I") or (line.value("--replace") or "{}" if line.has("--replace") else None)
    if mark is None and line.value("-J") is not None:  # BSD: all of them in place of the mark
        mark = str(line.value("-J"))
        at = words.index(mark) if mark in words else len(words)
        work.feed = call.run([*words[:at], *found, *words[at + 1 :]], call.name)
        return
    if mark is None:
        limit = plain(line.value("--max-args") or line.value("--max-lines") or line.value("-l") or "") or ""
        size = int(limit) if limit.isascii() and limit.isdigit() and 0 < len(limit) < 5 else 0
        for start in range(0, len(found), size) if size else (0,):
            work.feed = call.run([*words, *(found[start : start + size] if size else found)], call.name)
        return
    for value in found:
        work.feed = call.run(filling.replaced(call, words, str(mark), value), call.name)


def _words(call: Call, line: Line) -> list[Value]:
    """Return the items that xargs reads: words with quotes and backslashes, or lines, or what a separator cuts."""
    named = line.value("--arg-file")
    feed = call.written(named) if named is not None else call.stdin
    if feed is None:
        return [UNKNOWN]
    text = feed.value
    if not isinstance(text, str) or feed.items is not None:
        return feed.lines() or [UNKNOWN]
    mark = plain(line.value("--delimiter") or "") or ""
    if line.has("--null") or "\0" in text or mark in ("\\n", "\\0"):
        found: list[Value] = list(text.replace("\0", "\n").split("\n"))
    elif mark:
        found = list(text.rstrip("\n").split({"\\t": "\t"}.get(mark, mark)))
    elif line.has("-I --replace -L --max-lines -l"):
        found = [line for line in text.split("\n") if line]
        if not line.has("-I --replace"):
            found = [word for item in found for word in _split(str(item))]
    else:
        found = _split(text)
    return [item for item in dict.fromkeys(found) if item != ""]


def _split(text: str) -> list[Value]:
    from agentguard.access.programs.carriers import split_string  # noqa: PLC0415 - only for exact text

    return split_string(None, text) or []


def zargs(call: Call, work: Work) -> None:
    """`zargs [OPTION…] -- ITEM… -- COMMAND…` of zsh."""
    words = call.words
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    marks = [place for place, word in enumerate(words) if word == "--"]
    first = 0
    if marks and isinstance(words[0], str) and words[0][:1] == "-":  # the first mark ends the options
        first = marks.pop(0) + 1
    if marks:
        work.feed = call.run([*words[marks[0] + 1 :], *words[first : marks[0]]], call.name)


# -- parallel


def parallel(call: Call, work: Work) -> None:
    """`parallel COMMAND ::: ITEM…`: each item in place of `{}` or behind the command, through a shell."""
    line = work.line
    if line.has("--sshlogin"):
        line.traits.add("sends")
    words = _begin(call, work)
    for value in line.values("--sshlogin"):
        _login(call, value)
    template, sources = _sources(call, words)
    if line.has("--pipe --pipepart --nonall") or (line.has("--semaphore") and template):
        _each(call, work, template, [])
        return
    if not sources:
        sources = [_lines(call, line)]
    if (gap := plain(line.value("--colsep") or "")) and len(sources) == 1:
        gap = {"\\t": "\t"}.get(gap, gap)
        for item in sources[0]:
            columns: list[Value] = [*item.split(gap)] if isinstance(item, str) else [UNKNOWN] * _COLUMNS
            _each(call, work, template, columns)
        return
    mark = line.value("-I")
    for items in _together(sources, linked=line.has("--link") or ":::+" in words):
        _each(call, work, template, items, str(mark) if isinstance(mark, str) else "{}", quotes=line.has("--quote"))


_COLUMNS = 4  # of a line that is not known


def _login(call: Call, value: Value) -> None:
    """`-S [N/][user@]HOST,…`; `:` is this machine."""
    for place in (plain(value) or "").split(","):
        host = place.rpartition("/")[2].rpartition("@")[2].split()[-1:] if place.strip() else []
        if host and host[0] != ":":
            call.connect(host[0], 22, "option --sshlogin")
    if plain(value) is None:
        call.connect(net.address(value)[0] or UNKNOWN, 22, "option --sshlogin")


def _sources(call: Call, words: list[Value]) -> tuple[list[Value], list[list[Value]]]:
    """Return the words before the first `:::`, and the items of each input source behind."""
    template: list[Value] = []
    sources: list[list[Value]] = []
    files = False
    for word in words:
        if isinstance(word, str) and word in (":::", ":::+", "::::", "::::+"):
            files = word.startswith("::::")
            sources.append([])
        elif not sources:
            template.append(word)
        elif files:
            call.path(READ, word, "a file of items")
            sources[-1] += _of(call.written(word))
        else:
            sources[-1].append(word)
    return template, sources


def _lines(call: Call, line: Line) -> list[Value]:
    named = line.value("--arg-file")
    return _of(call.written(named) if named is not None else call.stdin)


def _of(feed: Feed | None) -> list[Value]:
    if feed is None:
        return [UNKNOWN]
    if isinstance(feed.value, str) and feed.items is None:
        return [item for item in feed.value.replace("\0", "\n").split("\n") if item]
    return feed.lines() or [UNKNOWN]


def _together(sources: list[list[Value]], *, linked: bool) -> list[list[Value]]:
    """Return the items of each run: every combination, or one after the other; where that is too many, none is known."""
    if len(sources) == 1:
        return [[item] for item in sources[0]]
    if linked:
        return [list(items) for items in zip(*sources, strict=False)]
    count = 1
    for source in sources:
        count *= max(len(source), 1)
    if count > MAX_ALTERNATIVES * MAX_ALTERNATIVES:
        return [[UNKNOWN] * len(sources)]
    done: list[list[Value]] = [[]]
    for source in sources:
        done = [[*before, item] for before in done for item in source or [""]]
    return done


def _each(
    call: Call, work: Work, template: list[Value], items: list[Value], mark: str = "{}", *, quotes: bool = False
) -> None:
    """Run the command for the items of one run."""
    if not template:
        work.feed = call.shell(unglobbed(items[0]), call.name)
        return
    shown: list[tuple[str, Value]] = []
    for number, item in enumerate(items, 1):
        shown += [(f"{{{number}{form}}}", value) for form, value in _forms(item)]
    if len(items) < 2:
        whole: Value = items[0] if items else ""
        shown += [(mark if not form else f"{{{form}}}", value) for form, value in _forms(whole)]
    shown += [("{#}", "1"), ("{%}", "1")]
    each: list[Value] = [f"{{{number}}}" for number in range(1, len(items) + 1)]
    if len(items) > 1 and mark in template:  # of several sources: one word for each
        at = template.index(mark)
        template = [*template[:at], *each, *template[at + 1 :]]
    elif len(items) > 1:
        template = [filling.filled(word, mark, filling.joined(each)) for word in template]
    used = any(
        name in part for name, _ in shown for word in template for part in parts_of(word) if isinstance(part, str)
    )
    words = template if used or not items else [*template, *(each if len(items) > 1 else [mark])]
    if len(words) > 1 and (
        quotes or any(" " in part for word in words for part in parts_of(word) if isinstance(part, str))
    ):
        run = words
        for name, value in shown:
            run = filling.replaced(call, run, name, value)
        work.feed = call.run(run, call.name)
        if quotes:
            return
    text = filling.joined(words)
    for number, (name, value) in enumerate(shown):
        text = _put(call, text, name, value, number)
    work.feed = call.shell(text, call.name, stdin=call.stdin if not items else None)


def _put(call: Call, text: Value, name: str, value: Value, number: int) -> Value:
    """Put an item into shell text: quoted, or as a variable where it is not exact."""
    if not any(isinstance(part, str) and name in part for part in parts_of(text)):
        return text
    value = unglobbed(value)
    if isinstance(value, str):
        return filling.filled(text, name, "'" + value.replace("'", "'\\''") + "'")
    variable = f"{filling.FOUND}{number}"
    call.assigned[variable] = value
    return filling.filled(text, name, f'"${variable}"')


def _forms(item: Value) -> list[tuple[str, Value]]:
    """Return an item as `{.}`, `{/}`, `{//}`, `{/.}` and `{}` show it."""
    text = plain(item)
    if text is None:
        last = parts_of(item)[-1]
        name = last.rpartition("/")[2] if isinstance(last, str) and "/" in last else UNKNOWN
        return [(".", UNKNOWN), ("/", name), ("//", UNKNOWN), ("/.", UNKNOWN), ("", item)]
    folder, slash, name = text.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    stem = stem if dot else name
    return [(".", concat([folder, slash, stem])), ("/", name), ("//", folder or "."), ("/.", stem), ("", text)]
