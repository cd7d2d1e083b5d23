"""Fetching Keycloak: what Maven brings is believed only when its checksum is right.

Maven is replaced by a small program on PATH: what it brings is what these tests vary.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from stack import download
from stack.errors import StackError
from stack.settings import Release

WHOLE = b"the whole distribution"
RELEASE = Release("26.7.4", hashlib.sha256(WHOLE).hexdigest())
NAME = "keycloak-quarkus-dist-26.7.4.tar.gz"


class FakeMaven:
    """A `mvn` whose n-th call brings the n-th of the contents given; the last one is repeated."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def brings(self, *contents: bytes) -> None:
        for number, content in enumerate(contents, start=1):
            (self._folder / f"content-{number}").write_bytes(content)
        program = self._folder / "mvn"
        program.write_text(
            "#!/bin/sh\n"
            f"cd '{self._folder}'\n"
            'echo "$@" >> calls\n'
            "number=$(wc -l < calls)\n"
            f"[ $number -le {len(contents)} ] || number={len(contents)}\n"
            'for argument; do case "$argument" in -DoutputDirectory=*) to=${argument#*=};; esac; done\n'
            f'cp "content-$((number))" "$to/{NAME}"\n'
        )
        program.chmod(0o755)

    def fails(self, times: int) -> None:
        """Before it brings the whole."""
        self.brings(WHOLE)
        program = self._folder / "mvn"
        failing = f"[ $number -gt {times} ] || {{ echo 'Could not transfer artifact'; exit 1; }}\n"
        head, tail = program.read_text().split("[ $number", 1)
        program.write_text(f"{head}{failing}[ $number{tail}")

    def calls(self) -> list[str]:
        made = self._folder / "calls"
        return made.read_text().splitlines() if made.exists() else []


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMaven:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return FakeMaven(folder)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def test_a_whole_download_is_kept(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE)
    assert download.distribution(cache, RELEASE, print).read_bytes() == WHOLE


def test_what_is_kept_is_not_fetched_again(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE)
    download.distribution(cache, RELEASE, print)
    download.distribution(cache, RELEASE, print)
    assert len(maven.calls()) == 1


def test_a_download_cut_short_is_said_and_fetched_once_more(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE[:5], WHOLE)
    said: list[str] = []
    assert download.distribution(cache, RELEASE, said.append).read_bytes() == WHOLE
    assert any("cut short or altered" in line for line in said)


def test_the_second_attempt_does_not_trust_mavens_own_copy(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE[:5], WHOLE)
    download.distribution(cache, RELEASE, print)
    first, second = maven.calls()
    assert "maven.repo.local" not in first
    assert "-Dmaven.repo.local=" in second


def test_two_bad_downloads_are_an_error_and_leave_nothing(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE[:5])
    with pytest.raises(
        StackError, match=f"fetched twice and its SHA-256 is not {RELEASE.sha256}: check the network"
    ):
        download.distribution(cache, RELEASE, print)
    assert list(cache.iterdir()) == []


def test_a_damaged_kept_file_is_said_removed_and_replaced(maven: FakeMaven, cache: Path) -> None:
    maven.brings(WHOLE)
    (cache / NAME).write_bytes(b"damaged")
    said: list[str] = []
    assert download.distribution(cache, RELEASE, said.append).read_bytes() == WHOLE
    assert said[0] == f"{cache / NAME} does not match its checksum: removed"


def test_without_maven_the_error_says_how_to_get_it(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match=r"no mvn on PATH, needed for fetching Keycloak .*: install Maven"):
        download.distribution(cache, RELEASE, print)


def test_a_failing_maven_is_quoted_and_what_to_look_at_is_said(maven: FakeMaven, cache: Path) -> None:
    maven.fails(2)
    said: list[str] = []
    with pytest.raises(StackError, match=r"Could not transfer artifact\nTried twice: check the network"):
        download.distribution(cache, RELEASE, said.append)
    assert any("Could not transfer artifact\nTrying once more" in line for line in said)
    assert list(cache.iterdir()) == []


def test_a_transfer_that_breaks_off_is_tried_once_more(maven: FakeMaven, cache: Path) -> None:
    maven.fails(1)
    assert download.distribution(cache, RELEASE, print).read_bytes() == WHOLE
