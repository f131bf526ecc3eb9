"""FBA images."""

from __future__ import annotations

from pathlib import Path

import pytest

from vm370.images.errors import BadImage, GeometryError, ImageInUse
from vm370.images.fba import FbaImage
from vm370.images.stores import StoreError


def test_sector_n_is_at_512_n(tmp_path: Path) -> None:
    path = tmp_path / "d.fba"
    image = FbaImage.create(path, "3310", 100)
    image.write(3, b"\xaa" * 1024)
    assert path.read_bytes() == bytes(3 * 512) + b"\xaa" * 1024 + bytes(95 * 512)
    assert image.read(4, 2) == b"\xaa" * 512 + bytes(512)
    with pytest.raises(ImageInUse):
        FbaImage.open(path)
    image.close()
    again = FbaImage.open(path, read_only=True)
    assert (again.sectors, again.device_type) == (100, "3310")
    for sector, count in [(99, 2), (-1, 1), (100, 1)]:
        with pytest.raises(StoreError, match="outside an image of 100"):
            again.read(sector, count)
    with pytest.raises(StoreError, match="read-only"):
        again.write(0, bytes(512))


def test_extent(tmp_path: Path) -> None:
    image = FbaImage.create(tmp_path / "d.fba", "3370", 100)
    extent = image.extent(40, 10)
    extent.write(9, b"\x01" * 512)
    assert image.read(49, 1) == extent.read(9, 1) == b"\x01" * 512
    with pytest.raises(StoreError, match="outside an extent of 10"):
        extent.write(9, bytes(1024))
    with pytest.raises(StoreError, match="whole sectors"):
        extent.write(0, b"short")
    with pytest.raises(StoreError, match="sectors 95 to 104 are outside"):
        image.extent(95, 10)


def test_sizes(tmp_path: Path) -> None:
    path = tmp_path / "d.fba"
    FbaImage.create(path, "3370", volser="FBA001").close()
    image = FbaImage.open(path)
    assert (image.device_type, image.sectors) == ("3370", 558_000)
    assert image.read(1, 1)[:10].decode("cp037") == "VOL1FBA001"
    image.close()
    with pytest.raises(BadImage, match="558000 sectors, expected at most 125664"):
        FbaImage.open(path, device_type="3310")
    with pytest.raises(GeometryError, match="expected 1 to 125664"):
        FbaImage.create(tmp_path / "e", "3310", 125_665)
    path.write_bytes(bytes(513))
    with pytest.raises(BadImage, match="1 sectors and 1 bytes, expected whole sectors"):
        FbaImage.open(path)
    path.write_bytes(b"")
    with pytest.raises(BadImage):
        FbaImage.open(path)
