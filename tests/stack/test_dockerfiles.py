"""What our Dockerfiles copy is let through by .dockerignore: what is not would be missing in the image."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stack.settings import REPOSITORY

DOCKERFILES = [
    "customer-code-validator/Dockerfile",
    "keycloak-extension/Dockerfile",
    "kubernetes/provisioning.Dockerfile",
]
LET_THROUGH = [
    Path(line[1:])
    for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines()
    if line[:1] == "!"
]


@pytest.mark.parametrize("dockerfile", DOCKERFILES)
def test_everything_that_is_copied_can_be(dockerfile: str) -> None:
    text = (REPOSITORY / dockerfile).read_text(encoding="utf-8")
    copied = [
        Path(source)
        for line in re.findall(r"^COPY (?!--from)(.*)", text, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    assert copied
    assert [path for path in copied if not any(path.is_relative_to(way) for way in LET_THROUGH)] == []
    assert [path for path in copied if not (REPOSITORY / path).exists()] == []
