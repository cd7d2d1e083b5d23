"""A library that is not the recorded one is refused by name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from stack import artefacts
from stack.errors import StackError


@pytest.fixture
def classpath(tmp_path: Path) -> Path:
    """Two libraries, and the file that names them."""
    for name in ("one-1.0.jar", "two-2.0.jar"):
        (tmp_path / name).write_bytes(name.encode())
    listed = tmp_path / "classpath"
    listed.write_text(f"{tmp_path / 'one-1.0.jar'}|{tmp_path / 'two-2.0.jar'}", encoding="utf-8")
    return listed


@pytest.fixture
def hashes(tmp_path: Path) -> Path:
    """Their record."""
    record = tmp_path / "hashes"
    names = ("one-1.0.jar", "two-2.0.jar")
    lines = [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n" for name in names]
    record.write_text("".join(lines), encoding="ascii")
    return record


def test_what_is_on_record_passes(classpath: Path, hashes: Path) -> None:
    artefacts.verify(classpath, hashes)


def test_a_changed_library_is_named(classpath: Path, hashes: Path) -> None:
    (classpath.parent / "two-2.0.jar").write_bytes(b"something else")
    with pytest.raises(StackError, match=r"hashes has on record: two-2\.0\.jar\. "):
        artefacts.verify(classpath, hashes)


def test_a_library_without_a_record_is_named(classpath: Path, hashes: Path) -> None:
    hashes.write_text(hashes.read_text(encoding="ascii").splitlines()[1], encoding="ascii")
    with pytest.raises(StackError, match=r"one-1\.0\.jar"):
        artefacts.verify(classpath, hashes)


def test_the_two_libraries_that_the_jar_carries_are_on_record() -> None:
    record = artefacts.HASHES.read_text(encoding="ascii")
    assert "resilience4j-circuitbreaker" in record
    assert "resilience4j-core" in record
