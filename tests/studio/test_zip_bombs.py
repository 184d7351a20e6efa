"""Packages that would unpack to ten gigabytes: small on disk, made of real compressed zeros, refused before they cost anything."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from app.catalog.archive import read_zip
from app.domain.errors import DomainError
from app.services.studio.deployment import import_zip

CHUNK = 1024 * 1024
TIMES = 10240
SIZE = CHUNK * TIMES
NAME = b"procedure.toml"


def zeros() -> bytes:
    """Ten gigabytes of zeros, compressed: one chunk that ends in a full flush may be repeated as it is."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    chunk = packer.compress(bytes(CHUNK)) + packer.flush(zlib.Z_FULL_FLUSH)
    return chunk * TIMES + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def bomb(declared: int) -> bytes:
    """A zip of one file with those zeros, which says of itself that it unpacks to `declared` bytes."""
    data = zeros()
    sizes = struct.pack("<QQ", declared, len(data))
    extra = struct.pack("<HH", 1, len(sizes)) + sizes  # zip64: the sizes do not fit into 32 bits
    huge = 0xFFFFFFFF
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 8, 0, 0, 0, huge, huge, len(NAME), len(extra)) + NAME + extra
    fields = (b"PK\1\2", 45, 45, 0, 8, 0, 0, 0, huge, huge, len(NAME), len(extra), 0, 0, 0, 0, 0)
    central = struct.pack("<4s6H3I5H2I", *fields) + NAME + extra
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return local + data + central + end


@pytest.mark.parametrize(("declared", "sentence"), [(SIZE, "超过 20 MB"), (40, "已损坏")])
def test_ten_gigabytes_of_zeros_are_refused_and_never_in_memory(declared: int, sentence: str) -> None:
    content = bomb(declared)
    assert len(content) < 15_000_000
    assert zipfile.ZipFile(io.BytesIO(content)).infolist()[0].file_size == declared
    tracemalloc.start()
    with pytest.raises(DomainError, match=sentence):
        import_zip(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000  # the copy that is read from is not counted: it was there before


def test_a_zip_within_a_zip_is_no_file_of_a_package() -> None:
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", bomb(SIZE)[:1000])
    with pytest.raises(DomainError, match="不能有"):
        read_zip(outer.getvalue())
