"""What an export writes: lines, CSV and the manifest beside them."""

import csv
import hashlib
import io
import json

import pytest

from agentguard.audit import export, source
from agentguard.audit.show import Seen


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_starts_a_formula(start):
    """A command that an agent wrote is data for a spreadsheet, whatever it begins with."""
    text = f"{start}cmd|' /C calc'!A0"
    body = {"user": text, "tool": text, "rules": [text], "bundle": {"name": text}, "time": text}
    found = b"".join(export.table([Seen(body, {"command": text, "cwd": text}, "h", text)]))
    heads, cells = csv.reader(io.StringIO(found.decode(), newline=""))
    assert list(export.COLUMNS) == heads
    assert len(heads) == len(cells)
    assert [] == [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_lines_are_those_of_the_spool_and_the_manifest_counts_them(folder, fill, tmp_path):
    """Byte for byte, so that the chain can be verified elsewhere; the digest is the file's."""
    fill(4)
    path = tmp_path / "all.jsonl"
    manifest = export.write(str(path), export.JSONL, source.Spool(folder), "")
    with open(f"{folder}/current.ndjson", "rb") as file:
        assert file.read() == path.read_bytes()
    written = (tmp_path / "all.jsonl.manifest.json").read_bytes()
    assert hashlib.sha256(written).hexdigest() == manifest.pop("manifest")["sha256"]
    assert manifest == json.loads(written)
    [chain] = manifest["chains"]
    assert (5, 0, 0, 4, 5) == (
        manifest["records"], manifest["erased"], chain["first"], chain["last"], chain["records"],
    )  # fmt: skip
    assert (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size) == (
        manifest["sha256"],
        manifest["bytes"],
    )


def test_nothing_is_written_over(folder, tmp_path):
    """A file that is there stays, and nothing comes to lie beside it."""
    (tmp_path / "x").write_text("mine")
    with pytest.raises(FileExistsError):
        export.write(str(tmp_path / "x"), export.CSV, source.Spool(folder), "")
    assert "mine" == (tmp_path / "x").read_text()
    (tmp_path / "y.manifest.json").write_text("mine")
    with pytest.raises(FileExistsError):
        export.write(str(tmp_path / "y"), export.JSONL, source.Spool(folder), "")
    assert ["x", "y.manifest.json"] == sorted(path.name for path in tmp_path.iterdir())


def test_record_of_any_shape_is_written():
    """A hostile device may have sent anything."""
    records = [Seen({"bundle": 7, "rules": "x", "seq": "1", "time": []}, None, "h"), Seen({}, {"command": 5}, "h")]
    assert 3 == len(b"".join(export.table(records)).splitlines())
