"""Standard labels: their bytes, round trips, peers."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vm370.images.errors import BadImage, GeometryError
from vm370.images.tapes import labels
from vm370.images.tapes.aws import AwsTape
from vm370.images.tapes.block import Block
from vm370.images.tapes.labels import DataSet, Label


def parsed(text: str, is_ascii: bool = False) -> Label:
    return Label.parse(Block("t", 0, text.ljust(80).encode("latin-1" if is_ascii else "cp037")))


def test_a_volume_label() -> None:
    label = labels.volume_label("vm370", "sysprog")
    assert label.build().decode("cp037") == "VOL1VM370 0" + " " * 30 + "SYSPROG   " + " " * 29
    assert (label.text("serial"), label.text("owner")) == ("VM370", "SYSPROG")
    ansi = labels.volume_label("vm370", "sysprog", is_ascii=True)
    assert ansi.build().decode("ascii") == "VOL1VM370  " + " " * 26 + "SYSPROG       " + " " * 28 + "3"
    assert Label.parse(Block("t", 0, ansi.build())) == ansi


def test_the_labels_of_a_data_set() -> None:
    """Positions are those of the IBM manual, counted from 1 there."""
    data_set = DataSet("prod.payroll", "VOL123", 2, "F", 3200, 80, date(2026, 3, 4), blocked=True)
    first, second = data_set.labels("EOF", 17)
    text = first.build().decode("cp037")
    assert (text[:4], text[4:21], text[21:27]) == ("EOF1", "PROD.PAYROLL     ", "VOL123")
    assert (text[27:31], text[31:35], text[35:41], text[41:47]) == ("0001", "0002", " " * 6, "026063")
    assert (text[47:53], text[53], text[54:60], text[60:73]) == (" 00000", "0", "000017", "VM370        ")
    assert second.build().decode("cp037") == "EOF2F03200000800".replace("800", "80", 1).ljust(16)[:4] + (
        "F0320000080 0" + " " * 21 + "B" + " " * 41
    )
    assert [label.number("blocks") for label in data_set.labels("HDR")[:1]] == [0]
    assert (second.number("block_length"), second.number("record_length")) == (3200, 80)


def test_dates_are_days_of_the_year() -> None:
    assert labels.label_date(date(1979, 12, 31)) == " 79365"
    assert labels.label_date(date(2000, 1, 1)) == "000001"
    assert labels.parse_date(" 79365") == date(1979, 12, 31)
    assert labels.parse_date("024366") == date(2024, 12, 31)
    for text in (" 00000", " 79366", "ABCDEF", "", "0240000"):
        assert labels.parse_date(text) is None


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_any_date_comes_back(when: date) -> None:
    assert labels.parse_date(labels.label_date(when)) == when


@given(
    st.sampled_from(["VOL1", "HDR1", "HDR2", "EOF1", "EOV2", "HDR3", "UHL1", "UTL8"]),
    st.binary(min_size=76, max_size=76),
)
def test_any_label_comes_back(identifier: str, rest: bytes) -> None:
    for data in (identifier.encode("cp037") + rest, identifier.encode("ascii") + rest):
        assert Label.parse(Block("t", 0, data)).build() == data


def test_what_is_no_label_is_told() -> None:
    assert labels.identify(b"VOL1") is None
    assert labels.identify(b"\x40" * 80) is None
    assert labels.identify(b"HDR1".ljust(80)) == ("HDR1", True)
    with pytest.raises(BadImage, match="expected a standard label of 80 characters"):
        parsed("NOTE")
    with pytest.raises(BadImage, match="'12A456' as blocks"):
        parsed("EOF1".ljust(54) + "12A456").number("blocks")
    for serial in ("", "TOOLONG", "A B"):
        with pytest.raises(GeometryError, match="volume serial number"):
            labels.volume_label(serial)
    with pytest.raises(GeometryError, match="owner"):
        labels.volume_label("A", "X" * 11)
    with pytest.raises(GeometryError, match="data set name"):
        DataSet("not a name", "A").labels("HDR")
    with pytest.raises(GeometryError, match="expected at most 6 characters"):
        Label("VOL1", False, {"serial": "TOOLONG"}).build()
    with pytest.raises(GeometryError, match="label"):
        Label("VOL1", False, {"owner": "€"}).build()


@pytest.mark.skipif(shutil.which("hetinit") is None, reason="hetinit (Hercules) is not installed")
def test_hetinit_writes_the_same_labels(tmp_path: Path) -> None:
    subprocess.run(["hetinit", tmp_path / "theirs.het", "VOL123", "OWNER"], check=True, capture_output=True)
    theirs = AwsTape.open(tmp_path / "theirs.het", read_only=True)
    ours = AwsTape.create(tmp_path / "ours.aws")
    labels.initialize(ours, "VOL123", "OWNER")
    ours.rewind()
    label, header, mark, *rest = theirs.items()
    our_label, our_header, our_mark = ours.items()
    assert label is not None
    assert our_label is not None
    assert our_label[:10] + our_label[11:] == label[:10] + label[11:]  # hetinit leaves the accessibility blank
    assert (our_header, our_mark, rest) == (header, mark, [])
