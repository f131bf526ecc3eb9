"""Host files to CMS files and back, any content."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vm370.images.ebcdic import CODE_PAGES
from vm370.images.errors import BadFileName
from vm370.tools.disk import api
from vm370.tools.disk.transfer import Form, cms_name, load, parse_name, unload

characters = st.sampled_from([c for c in CODE_PAGES["037"].characters if c not in "\n\r"])
# what a record cannot keep apart: one blank and nothing (V), trailing blanks and none (F)
lines = st.lists(st.text(characters, max_size=100).filter(lambda line: line != " "), min_size=1, max_size=8)


def there_and_back(data: bytes, form: Form, binary: bool = False) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.data"
        path.write_bytes(data)
        file = load(path, form)
    return unload(file.records, file.recfm, binary, "x")


@given(lines)
@settings(max_examples=50, deadline=None)
def test_text_as_v(text: list[str]) -> None:
    data = "".join(line + "\n" for line in text).encode()
    assert there_and_back(data, Form()) == data
    assert there_and_back(data.replace(b"\n", b"\r\n"), Form()) == data


@given(lines)
@settings(max_examples=50, deadline=None)
def test_text_as_f(text: list[str]) -> None:
    data = "".join(line.rstrip(" ") + "\n" for line in text).encode()
    assert there_and_back(data, Form(recfm="F")) == data


@given(st.binary(min_size=1, max_size=10_000), st.integers(1, 5000))
@settings(max_examples=50, deadline=None)
def test_binary(data: bytes, lrecl: int) -> None:
    assert there_and_back(data, Form(binary=True), binary=True) == data
    assert there_and_back(data, Form(binary=True, recfm="V", lrecl=lrecl), binary=True) == data
    fixed = there_and_back(data, Form(binary=True, recfm="F", lrecl=lrecl), binary=True)
    assert fixed == data.ljust(-(-len(data) // lrecl) * lrecl, b"\0")


def test_names() -> None:
    assert cms_name(Path("some/where/note.txt")) == ("NOTE", "TXT")
    assert cms_name(Path("README")) == ("README", "FILE")
    assert parse_name("a b") == ("A", "B", "A1")
    assert parse_name(" a b  c0 ") == ("A", "B", "C0")
    for words in ("a", "a b c d", "a b 99", "toolongname b"):
        with pytest.raises(BadFileName):
            parse_name(words)


trees = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9]{0,7}\.[a-z]{1,8}", fullmatch=True),
    lines.map(lambda text: "".join(line.rstrip(" ") + "\n" for line in text)),
    min_size=1,
    max_size=8,
)


@given(trees, st.sampled_from([("3350", 1, 4096), ("2314", 2, 1024), ("3370", 900, 512)]))
@settings(max_examples=15, deadline=None)
def test_a_tree_through_an_image(tree: dict[str, str], kind: tuple[str, int, int]) -> None:
    device_type, size, block_size = kind
    with tempfile.TemporaryDirectory() as work:
        folder, out, image = Path(work) / "in", Path(work) / "out", Path(work) / "image"
        folder.mkdir()
        for name, text in tree.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        api.create_disk(image, device_type, size)
        api.format_disk(image, "TREE", block_size)
        api.put_files(image, [folder])
        api.get_files(image, out)
        assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == tree
        assert api.check_disk(image) == []
