"""Disks and file systems: what only shows them, and what wipes them (parted(8), fdisk(8), sgdisk(8), diskutil(8))."""

from __future__ import annotations

from agentguard.access.model import READ, TREE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_WIPES = frozenset({
    "mklabel", "mktable", "mkpart", "rm", "resizepart", "mkpartfs", "set", "disk_set", "name", "toggle", "rescue",
})  # fmt: skip


def partitions(call: Call, work: Work) -> None:
    """`parted DEVICE COMMAND`, `fdisk DEVICE`, `sgdisk -Z DEVICE`: all but a look destroys what is on the device."""
    line = work.line
    words = [plain(word) or "" for word in call.words]
    if call.name == "parted":
        wipes = any(word in _WIPES for word in words) or (len(line.operands) == 1 and not line.has("-l --list"))
    elif call.name == "sgdisk":
        wipes = any(flag not in _SGDISK_LOOKS for flag, _ in line.flags)
    elif call.name == "sfdisk":
        wipes = not line.has("-l --list -d --dump -J --json -V --verify -n --no-act -s --show-size -F --list-free")
    else:  # fdisk, cfdisk, gdisk
        wipes = bool(line.operands) and not line.has("-l --list -x -s --getsz")
    work.entry = {
        **work.entry,
        "operands": "write text*" if wipes else "text*",
        "traits": "destroys-data" if wipes else "",
    }
    walk.standard(call, work)


_SGDISK_LOOKS = frozenset(
    {"-p", "--print", "-i", "--info", "-v", "--verify", "-P", "--pretend", "-V", "-F", "-E", "-D", "-L"}
)


def images(call: Call, work: Work) -> None:
    """`hdiutil create -srcfolder FOLDER FILE`: an image of a folder."""
    source = work.line.value("-srcfolder")
    walk.standard(call, work)
    if source is not None:
        call.path(READ, source, "option -srcfolder", TREE)


def governs(call: Call, work: Work) -> None:
    """An option that is marked `read-only`, or no word at all, only shows; all else needs the administrator's rights."""
    line = work.line
    looks = "read-only" in line.traits or not (line.operands or line.flags)
    work.entry = {**work.entry, "traits": "read-only" if looks else "privileged"}
    walk.standard(call, work)


def signatures(call: Call, work: Work) -> None:
    """`wipefs DEVICE` lists signatures, with `-a` or `-o` it erases them, and with `-n` it does not after all."""
    line = work.line
    wipes = line.has("--all --offset") and not line.has("--no-act")
    work.entry = {**work.entry, "operands": "write*" if wipes else "look*", "traits": "destroys-data" if wipes else ""}
    walk.standard(call, work)


def formats(call: Call, work: Work) -> None:
    """`mkfs DEVICE`: what is on it is gone. A file of one's own that becomes the image of a file system is only written."""
    first = plain(work.line.operands[0]) if work.line.operands else None
    image = first is not None and not first.startswith("/dev/") and first[-1:] != "/"
    work.entry = {**work.entry, "operands": "write text*", "traits": "" if image else "destroys-data"}
    walk.standard(call, work)


def resizes(call: Call, work: Work) -> None:
    """`lvresize -L -1G LV`: what is cut off is lost; so it is where the size may be less than what is there."""
    size = (work.line.value("--size") or work.line.value("--extents")) or ""
    if not (isinstance(size, str) and size[:1] == "+"):
        work.line.traits.add("destroys-data")
    walk.standard(call, work)


def alters(call: Call, work: Work) -> None:
    """`tune2fs`, `xfs_repair`, `resize2fs` on a device change the file system on it; on an image they change a file."""
    line = work.line
    looks = "read-only" in line.traits or not line.operands
    image = all(isinstance(value, str) and not value.startswith("/dev/") for value in line.operands)
    traits = "read-only" if looks else "" if image else "privileged"
    work.entry = {**work.entry, "operands": "look text*" if looks else "edit text*", "traits": traits}
    walk.standard(call, work)


def arrays(call: Call, work: Work) -> None:
    """`mdadm --zero-superblock DEVICE…`, `--create` and `--stop` take away what is on the devices or keep it together."""
    line = work.line
    looks = "read-only" in line.traits or not (line.operands or line.flags)
    wipes = line.has("--zero-superblock --create")
    traits = "read-only" if looks else "privileged destroys-data" if wipes else "privileged"
    work.entry = {**work.entry, "operands": "write*" if wipes else "text*", "traits": traits}
    walk.standard(call, work)


def labels(call: Call, work: Work) -> None:
    """`e2label DEVICE` shows the label, `e2label DEVICE LABEL` changes it."""
    if len(work.line.operands) < 2:
        work.line.traits.add("read-only")
    alters(call, work)
