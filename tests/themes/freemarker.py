"""Runs templates with the FreeMarker of Keycloak itself: no server, two seconds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from stack import distribution, tools
from stack.progress import Printer

_RENDER = Path(__file__).with_name("Render.java")


def render(folder: Path, template: str, lines: list[str]) -> list[str]:
    """The output lines of `template`, which may import the templates of `folder` and reads `lines`.

    Fetches Keycloak where it is not in the cache yet. Raises StackError, also where Java is missing.
    """
    libraries = distribution.unpacked(Printer()) / "lib" / "lib" / "main"
    jars = sorted(libraries.glob("org.freemarker.freemarker-*.jar"))
    java = tools.java()
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
