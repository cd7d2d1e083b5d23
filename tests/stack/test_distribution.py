"""Server folders: made of hard links, renewed when the build changes, their data kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from stack import cache, distribution
from stack.errors import StackError


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built-1"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "keycloak.jar").write_text("first")
    return folder


def test_a_server_folder_shares_the_files_of_its_build(built: Path, tmp_path: Path) -> None:
    distribution.instantiate(built, tmp_path / "server")
    linked = tmp_path / "server" / "lib" / "keycloak.jar"
    assert linked.samefile(built / "lib" / "keycloak.jar")


def test_where_links_are_refused_files_are_copied_with_their_times(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    distribution.instantiate(built, tmp_path / "server")
    copied, origin = tmp_path / "server" / "lib" / "keycloak.jar", built / "lib" / "keycloak.jar"
    assert not copied.samefile(origin)
    assert copied.stat().st_mtime_ns == origin.stat().st_mtime_ns


def test_another_build_replaces_everything_but_the_data(built: Path, tmp_path: Path) -> None:
    server = tmp_path / "server"
    distribution.instantiate(built, server)
    (server / "data").mkdir()
    (server / "data" / "accounts").write_text("Anna")
    second = tmp_path / "built-2"
    (second / "providers").mkdir(parents=True)
    (second / "providers" / "extension.jar").write_text("second")
    distribution.instantiate(second, server)
    assert (server / "data" / "accounts").read_text() == "Anna"
    assert (server / "providers" / "extension.jar").read_text() == "second"
    assert not (server / "lib").exists()


def test_the_same_build_leaves_the_folder_alone(built: Path, tmp_path: Path) -> None:
    server = tmp_path / "server"
    distribution.instantiate(built, server)
    (server / "mark").touch()
    distribution.instantiate(built, server)
    assert (server / "mark").exists()


def test_a_cache_folder_that_cannot_be_written_to_is_named_with_the_way_out(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    folder = in_the_way / "customer-identity"
    with pytest.raises(StackError) as caught, cache.exclusive(folder):
        pass
    assert f"the cache folder {folder} cannot be written to" in str(caught.value)
    assert "set XDG_CACHE_HOME" in str(caught.value)


def test_a_full_disk_while_working_in_the_cache_names_the_folder_too(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"No space left on device.*XDG_CACHE_HOME"), cache.scratch(tmp_path):
        raise OSError(28, "No space left on device")


def test_unfinished_work_leaves_nothing_in_the_cache(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), cache.scratch(tmp_path) as made:
        (made / "half").touch()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
