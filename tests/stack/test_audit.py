"""What is known of locked packages and of libraries; that nothing could be asked is no good news."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packageurl import PackageURL

from stack.audit import libraries, packages
from stack.audit.verdict import UNANSWERED, VULNERABLE, worst
from stack.errors import StackError
from stack.ports import free_port
from stack.settings import HOST
from tests.support.answering import answering

FINE = {"name": "flask", "version": "3.1.0", "vulns": []}
BAD = {"name": "jinja", "version": "3.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["3.1"]}]}
WITHOUT_A_CURE = {"name": "six", "version": "1.0", "vulns": [{"id": "PYSEC-2026-2", "fix_versions": []}]}
UNASKED = {"name": "gunicorn", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("listed", "exit_code"),
    [
        ([FINE], 0),
        ([FINE, BAD], VULNERABLE),
        ([FINE, UNASKED], UNANSWERED),
        ([BAD, UNASKED], VULNERABLE),
        ([], UNANSWERED),
    ],
)
def test_only_what_was_asked_about_and_found_sound_is_well(
    listed: list[dict[str, Any]], exit_code: int
) -> None:
    assert packages.judge({"dependencies": listed}).exit_code == exit_code


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [([0, 0], 0), ([0, UNANSWERED], UNANSWERED), ([UNANSWERED, VULNERABLE], VULNERABLE)],
)
def test_of_two_kinds_the_worse_counts_and_an_advisory_most(codes: list[int], exit_code: int) -> None:
    assert worst(codes) == exit_code


def test_each_advisory_is_told_with_its_cure_and_what_was_not_asked_too() -> None:
    assert packages.judge({"dependencies": [FINE, BAD, WITHOUT_A_CURE, UNASKED]}).lines() == [
        "jinja 3.0: PYSEC-2026-1, mended in 3.1",
        "six 1.0: PYSEC-2026-2, mended in no version yet",
        "no advisory data for 1 of 4 Python packages (gunicorn …)",
        "3 Python packages audited, 2 advisories",
    ]


def test_a_lock_file_that_cannot_be_read_is_no_good_news_either(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="no advisory data: pip-audit ended with "):
        packages.audit(tmp_path / "none.txt")


def _jar(folder: Path, name: str, **entries: str) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, text in entries.items():
            archive.writestr(path, text)


def test_a_library_is_known_by_what_its_jar_says_and_else_by_the_name_that_keycloak_gave_it(
    tmp_path: Path,
) -> None:
    inside = "META-INF/maven/io.netty/netty-epoll/pom.properties"
    part = "META-INF/maven/org.jctools/jctools-core/pom.properties"
    _jar(
        tmp_path,
        "io.netty.netty-epoll-4.1.136.Final-linux.jar",
        **{part: "version=4.0\n", inside: "#Made\nversion=4.1.136.Final\n"},
    )
    _jar(tmp_path, "org.ow2.asm.asm-9.9.1.jar")
    _jar(tmp_path, "io.otel.instrumentation.otel-httpclient-4.3-2.23.0-alpha.jar")
    _jar(tmp_path, "quarkus-run.jar")
    assert {each.to_string() for each in libraries.found(tmp_path)} == {
        "pkg:maven/io.netty/netty-epoll@4.1.136.Final",
        "pkg:maven/org.ow2.asm/asm@9.9.1",
        "pkg:maven/io.otel.instrumentation/otel-httpclient-4.3@2.23.0-alpha",
    }


def test_a_jar_of_which_nothing_says_what_it_is_is_named(tmp_path: Path) -> None:
    _jar(tmp_path, "mystery.jar")
    with pytest.raises(ValueError, match=r"mystery\.jar: neither its name nor its content"):
        list(libraries.found(tmp_path))


LIBRARIES = [PackageURL("maven", "org.a", "sound", "1.0"), PackageURL("maven", "org.b", "frail", "2.0")]


@pytest.fixture
def service() -> Iterator[str]:
    """In OSV's place, which cannot be reached from everywhere: it answers in the documented form."""
    known = {"pkg:maven/org.b/frail@2.0": {"vulns": [{"id": "GHSA-1", "modified": "2026-01-01"}]}}

    def answer(sent: bytes) -> object:
        return {"results": [known.get(each["package"]["purl"], {}) for each in json.loads(sent)["queries"]]}

    with answering(answer) as port:
        yield f"http://{HOST}:{port}"


def test_a_library_with_an_advisory_is_told_with_where_to_read_it(service: str) -> None:
    verdict = libraries.audit(LIBRARIES, service)
    assert verdict.exit_code == VULNERABLE
    assert verdict.lines() == [
        "org.b:frail 2.0: GHSA-1, https://osv.dev/GHSA-1",
        "2 Java libraries audited, 1 advisories",
    ]


def test_where_nobody_answers_no_library_counts_as_audited() -> None:
    verdict = libraries.audit(LIBRARIES, f"http://{HOST}:{free_port()}")
    assert verdict.exit_code == UNANSWERED
    assert verdict.lines()[0] == "no advisory data for 2 of 2 Java libraries (org.a:sound, org.b:frail …)"
