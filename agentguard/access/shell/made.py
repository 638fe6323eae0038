"""The file system as this text has changed it: what it wrote, copied, moved, linked, made and fetched, over the disk.

`Made` is itself a disk, so that paths that lead through a link of this text are followed, globs find its files, and
whoever reads a script that is about to run reads what was put there. Four rules:

- What is surely done replaces what was there. What a branch or a loop may have done is one more possibility beside it;
  where a place has several, rows are made for each.
- What is put into a file without being known is not known either: it is never "nothing".
- Deleting and moving away take back what this text itself has made. They hide nothing of the disk: a command that fails
  leaves the file where it was.
- A place whose path is only partly known (`$(mktemp)`) is the place of all the same known parts.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_ALTERNATIVES, MAX_MADE
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from agentguard.access.model import Value
    from agentguard.access.world import Disk

    Key: TypeAlias = str | Pattern

FILE, FOLDER, LINK, GONE = "file", "dir", "link", ""


class Thing:
    """What may be at a place: a file with its text, a folder, a link with its target, or nothing.

    `source` is the path of the disk that a file or a folder is a copy of, "" for none.
    """

    __slots__ = ("feed", "kind", "source", "target")

    def __init__(self, kind: str, feed: Feed | None = None, target: Value = "", source: str = "") -> None:
        self.kind = kind
        self.feed = feed
        self.target = target
        self.source = source

    def same(self, other: Thing) -> bool:
        """Return whether two are alike."""
        one, two = self.feed, other.feed
        feed = one is two or (
            one is not None
            and two is not None
            and (one.value, one.fetched, one.script) == (two.value, two.fetched, two.script)
        )
        return feed and (self.kind, self.target, self.source) == (other.kind, other.target, other.source)


class Made:
    """The disk with the changes of one text.

    `sure` is false while what happens may not happen; `pick` says which of
    several possibilities the disk shows, `widest` how many some link has. `fetched` are folders that hold what came
    over the network.
    """

    __slots__ = (
        "blinds",
        "disk",
        "edited",
        "fetched",
        "fills",
        "full",
        "inserted",
        "judged",
        "origins",
        "pick",
        "places",
        "platform",
        "sure",
        "widest",
    )

    def __init__(self, disk: Disk, platform: str) -> None:
        self.disk = disk
        self.platform = platform
        self.places: dict[Key, tuple[Thing, ...]] = {}
        self.fetched: dict[str, Feed] = {}
        self.origins: dict[str, Value] = {}  # folders that were fetched, and the host that they come from
        self.sure = True
        self.pick = 0
        self.widest = 1
        self.judged: set[tuple[str, str]] = set()  # texts of files that have been read (see code.loaded)
        self.inserted: dict[str, str] = {}  # lines that an editor has put into files of the disk
        self.edited: dict[str, str] = {}  # files of the disk and what they hold after a change in place
        self.fills: dict[Key, tuple[tuple[Thing, ...], list[Value]]] = {}  # what the code at hand puts into files
        self.full = False  # there were more places than are remembered
        self.blinds = False  # some link leads nobody knows where

    # -- as a disk

    def kind(self, path: str) -> str:
        """Return what is at `path`, as `Disk.kind` says."""
        thing = self._thing(path)
        if thing is not None:
            return thing.kind if thing.kind != LINK or isinstance(thing.target, str) else FILE
        found = self.disk.kind(path)
        return found or ((source := self._source(path)) and self.disk.kind(source)) or ""

    def readlink(self, path: str) -> str:
        """Return the target of the link at `path`."""
        thing = self._thing(path)
        if thing is not None:
            return thing.target if thing.kind == LINK and isinstance(thing.target, str) else ""
        return self.disk.readlink(path)

    def listdir(self, path: str, limit: int) -> list[str] | None:
        """Return names in a folder."""
        thing = self._thing(path)
        names = self.disk.listdir(path if thing is None or not thing.source else thing.source, limit)
        inside = path.rstrip("/") + "/"
        own = [
            place[len(inside) :]
            for place, things in self.places.items()
            if isinstance(place, str) and place.startswith(inside) and "/" not in place[len(inside) :]
            if things[-1].kind != GONE
        ]
        if names is None and thing is None and not own:
            return None
        return list(dict.fromkeys([*(names or []), *own]))[:limit]

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first bytes of a file; None where its text is not known."""
        thing = self._thing(path)
        if thing is None:
            found = self.disk.read(path, limit)
            return found if found is not None or not (source := self._source(path)) else self.disk.read(source, limit)
        if thing.feed is None:
            return self.disk.read(thing.source, limit) if thing.source else None
        text = thing.feed.value if isinstance(thing.feed.value, str) else thing.feed.script
        return text.encode("utf-8", "surrogateescape")[:limit] if text is not None else None

    def _thing(self, path: str) -> Thing | None:
        things = self.places.get(path)
        return None if things is None else things[min(self.pick, len(things) - 1)]

    def _source(self, path: str) -> str:
        """Return the path of the disk that is found at `path`, which lies in a copy of a folder."""
        folder = path.rpartition("/")[0]
        while folder:
            thing = self._thing(folder)
            if thing is not None:
                return thing.source + path[len(folder) :] if thing.source else ""
            folder = folder.rpartition("/")[0]
        return ""

    # -- changes

    def put(self, place: Key, thing: Thing) -> None:
        """Let something be at a place from now on, or perhaps."""
        before = self.places.get(place)
        if before is None and len(self.places) >= MAX_MADE:
            self.full = True
            return
        sure = self.sure and isinstance(place, str)
        kept = () if sure or before is None else tuple(one for one in before if not one.same(thing))
        if len(kept) >= MAX_ALTERNATIVES and thing.kind == FILE:
            kept = ()
            thing = Thing(FILE, Feed(UNKNOWN, any(one.feed is not None and one.feed.fetched for one in before or ())))
        self.places[place] = (*kept, thing)
        if thing.kind == LINK:
            self.widest = max(self.widest, len(kept) + 1)
            self.blinds = self.blinds or not isinstance(thing.target, str)
        if isinstance(place, str):
            folder = place.rpartition("/")[0]
            while folder and folder not in self.places and not self.disk.kind(folder):
                self.places[folder] = (Thing(FOLDER),)
                folder = folder.rpartition("/")[0]

    def add(self, place: Key, feed: Feed) -> None:
        """Let a text stand behind what a file holds so far."""
        before = self.places.get(place)
        if before is None:
            self.put(place, Thing(FILE, feed))
            return
        for one in before:
            text = concat([*parts_of(one.feed.value), *parts_of(feed.value)]) if one.feed is not None else feed.value
            joined = Feed(text, feed.fetched or (one.feed is not None and one.feed.fetched))
            thing = Thing(FILE, joined)
            if one is before[0]:
                self.put(place, thing)
            elif not any(thing.same(other) for other in self.places[place]):
                self.places[place] = (*self.places[place], thing)[-MAX_ALTERNATIVES:]

    def changed(self, place: Key) -> None:
        """Note that a program has written to a place something that is not known."""
        things = self.places.get(place)
        if things is not None and any(one.kind == FILE for one in things):
            feed = Feed(UNKNOWN, any(one.feed is not None and one.feed.fetched for one in things))
            self.places[place] = (*(one for one in things if one.kind != GONE), Thing(FILE, feed))

    def drop(self, place: str) -> None:
        """Take back what this text has made at a place and beneath it."""
        for key in [key for key in self.places if isinstance(key, str) and (key + "/").startswith(place + "/")]:
            if self.sure:
                del self.places[key]
            else:
                self.put(key, Thing(GONE))

    def copy(self, source: str, place: str, *, moved: bool = False) -> None:
        """Let what is at one place be at another one too, or there instead."""
        inside = source.rstrip("/") + "/"
        found = [(key, self.places[key]) for key in self.places if isinstance(key, str) and key.startswith(inside)]
        things = self.places.get(source)
        if things is None:
            kind = self.kind(source)
            origin = self._source(source) or source
            things = (Thing(kind or FILE, None, source=origin),)
        if not moved:  # a copy of a link is a copy of what it leads to
            things = tuple(self._end(one, source) for one in things)
        for key, others in [(source, things), *found]:
            for thing in others:
                self.put(place + key[len(source) :], thing)
        if moved:
            self.drop(source)

    def _end(self, thing: Thing, place: str) -> Thing:
        """Return what a link leads to."""
        if thing.kind != LINK or not isinstance(thing.target, str):
            return thing
        path = paths.resolve(place, self)
        end = self._thing(path)
        return end if end is not None else Thing(self.disk.kind(path) or FILE, None, source=path)

    # -- questions

    def contents(self, place: Key) -> list[Feed]:
        """Return what this text has put into a file, one feed for each possibility; none for a file of the disk."""
        place = self.follow(place)
        things = self.places.get(place)
        if things is not None:
            return [one.feed for one in things if one.feed is not None]
        if self.full and isinstance(place, str) and not self.disk.kind(place):
            return [Feed(UNKNOWN)]
        if isinstance(place, str) and self.fetched and not self.disk.kind(place):
            return [feed for folder, feed in self.fetched.items() if place.startswith(folder.rstrip("/") + "/")][:1]
        return []

    def follow(self, place: Key) -> Key:
        """Return a place with links followed."""
        return paths.resolve(place, self) if isinstance(place, str) else place

    def program(self, place: str) -> str:
        """Return the path of the program that a link or a copy of this text really is, "" for any other file."""
        things = self.places.get(place, ())
        for thing in things:
            if thing.kind == LINK and isinstance(thing.target, str):
                end = paths.absolute(thing.target, place.rpartition("/")[0] or "/", self.platform)
                return self.program(end) if end in self.places and end != place else end
            if (
                thing.kind == LINK
                and isinstance(thing.target, Pattern)
                and isinstance(last := thing.target.parts[-1], str)
            ):
                return "/usr/bin" + last if last[:1] == "/" else ""  # `$(which NAME)`, wherever that is
            if thing.kind == FILE and thing.source:
                return thing.source
        return ""

    def made_link(self, path: str) -> bool:
        """Return whether this text has put a link at `path`."""
        return any(thing.kind == LINK for thing in self.places.get(path, ()))

    def blind(self, path: str) -> list[Value]:
        """Return where `path` leads through links of this text whose targets are not exact."""
        found: list[Value] = []
        for place, things in self.places.items():
            if isinstance(place, str) and (path + "/").startswith(place + "/"):
                found += [
                    concat([*parts_of(thing.target), path[len(place) :]])
                    for thing in things
                    if thing.kind == LINK and not isinstance(thing.target, str)
                ]
        return found
