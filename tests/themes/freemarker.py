"""Runs templates with the FreeMarker of the cached Keycloak, where there is one: no server, two seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stack.settings import KEYCLOAK_VERSION, cache_folder

_RENDER = Path(__file__).with_name("Render.java")


def render(folder: Path, template: str, lines: list[str]) -> list[str]:
    """The output lines of `template`, which may import the templates of `folder` and reads `lines`.

    Skips the test where Keycloak was never fetched (`make run` and `make test` fetch it) or Java is missing.
    """
    libraries = cache_folder() / f"keycloak-{KEYCLOAK_VERSION}" / "lib" / "lib" / "main"
    jars = sorted(libraries.glob("org.freemarker.freemarker-*.jar"))
    java = shutil.which("java")
    if not jars or not java:
        pytest.skip("needs Java and the cached Keycloak, which make test fetches")
    done = subprocess.run(
        [java, "-XX:TieredStopAtLevel=1", "-cp", str(jars[0]), str(_RENDER), str(folder), template, *lines],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={
            **os.environ,
            "JAVA_TOOL_OPTIONS": "-Dsun.jnu.encoding=UTF-8 -Dfile.encoding=UTF-8",
            "LC_ALL": "C.UTF-8",
        },
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[:3000]
    return done.stdout.splitlines()
