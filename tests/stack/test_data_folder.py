"""What is kept in the data folder: secrets, and who runs from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stack import fingerprint, running
from stack.credentials import Credentials
from stack.errors import StackError
from stack.ports import Ports


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    first = Credentials.load_or_create(path)
    assert Credentials.load_or_create(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_secrets_are_long_and_different(tmp_path: Path) -> None:
    made = Credentials.load_or_create(tmp_path / "secrets.json")
    values = vars(made).values()
    assert len(set(values)) == 6
    assert all(len(value) >= 32 for value in values)


def test_secrets_of_an_earlier_version_are_kept_and_get_what_they_lack(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"admin_password": "kept"}')
    made = Credentials.load_or_create(path)
    assert made.admin_password == "kept"
    assert len(made.purge_client_secret) >= 32
    assert Credentials.load_or_create(path) == made


def test_secrets_do_not_show_when_printed(tmp_path: Path) -> None:
    made = Credentials.load_or_create(tmp_path / "secrets.json")
    assert made.validator_secret not in repr(made)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"no_such_secret": "x"}'])
def test_damaged_secrets_are_an_error_that_says_how_to_start_afresh(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(StackError, match=r"secrets\.json is damaged: `make clean` starts afresh"):
        Credentials.load_or_create(path)


def test_a_second_stack_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    refused = pytest.raises(StackError, match=r"a stack already runs from .* `make down` stops it")
    with running.claim(tmp_path), refused, running.claim(tmp_path):
        pass


def test_others_find_out_what_runs_and_where(tmp_path: Path) -> None:
    ports = Ports.free()
    with running.claim(tmp_path) as claim:
        claim.tell(ports, ready=False)
        claim.tell(ports, ready=True)
        found = running.find(tmp_path)
    assert found is not None
    assert (found.ports, found.ready) == (ports, True)


def test_nothing_runs_once_the_claim_is_over(tmp_path: Path) -> None:
    with running.claim(tmp_path) as claim:
        claim.tell(Ports(), ready=True)
    assert running.find(tmp_path) is None


def test_nothing_runs_after_its_process_was_killed(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from stack import running; from stack.ports import Ports\n"
        "with running.claim(Path(sys.argv[1])) as claim:\n"
        "    claim.tell(Ports(), ready=True); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert running.find(tmp_path) is None


def test_a_changed_an_added_and_a_renamed_file_each_change_the_fingerprint(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "A.java").write_text("1")
    seen = {fingerprint.of_sources(source)}
    (source / "A.java").write_text("2")
    seen.add(fingerprint.of_sources(source))
    (source / "B.java").write_text("")
    seen.add(fingerprint.of_sources(source))
    (source / "B.java").rename(source / "C.java")
    seen.add(fingerprint.of_sources(source))
    assert len(seen) == 4


def test_build_results_do_not_change_the_fingerprint(tmp_path: Path) -> None:
    source = tmp_path / "src"
    (source / "target").mkdir(parents=True)
    before = fingerprint.of_sources(source)
    (source / "target" / "x.jar").write_text("built")
    assert fingerprint.of_sources(source) == before
