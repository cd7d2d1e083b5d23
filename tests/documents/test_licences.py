"""docs/licences.md lists what is delivered, as it is installed, and nothing that binds who delivers it."""

from __future__ import annotations

import re

from stack import licences

#: Free to deliver beside any code: permissive ones, and copyleft that ends at its own files or library.
_FREE = re.compile(
    r"MIT|MIT-0|BSD|Apache|PSF|Mozilla Public|MPL|LGPL|GNU Lesser|OFL|ISC|Unlicense|Zlib", re.IGNORECASE
)


def _rows() -> list[list[str]]:
    lines = licences.DOCUMENT.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][
        2:
    ]


def test_the_page_is_what_make_licences_writes() -> None:
    assert licences.DOCUMENT.read_text(encoding="utf-8") == licences.document()


def test_every_locked_package_is_on_it() -> None:
    listed = {(row[0], row[1]) for row in _rows()}
    assert len(licences.locked()) > 30
    assert set(licences.locked()) <= listed


def test_no_licence_binds_who_delivers_it() -> None:
    assert [row for row in _rows() if not _FREE.search(row[2])] == []
