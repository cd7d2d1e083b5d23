"""What Maven gives the compiler, held to the hashes in the repository.

Maven itself compares what it fetches with what the same place says of it: who changes one changes both.
`python -m stack.artefacts` writes the hashes of what was used last, after a version was changed on purpose.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from stack.errors import StackError
from stack.settings import EXTENSION

HASHES = EXTENSION / "dependencies.sha256"
#: Written by the build: see maven-dependency-plugin in the pom.
CLASSPATH = "classpath"


def verify(classpath: Path, hashes: Path = HASHES) -> None:
    """Raise StackError naming each artefact that is not the one whose hash is recorded."""
    lines = [line.split() for line in hashes.read_text(encoding="ascii").splitlines()]
    recorded = {name: digest for digest, name in lines}
    found = used(classpath)
    wrong = sorted(name for name in found if recorded.get(name) != found[name])
    if wrong:
        raise StackError(
            f"not what {hashes.name} has on record: {', '.join(wrong)}. If their versions were changed on "
            "purpose, run `python -m stack.artefacts` and review the difference; if not, do not use them"
        )


def used(classpath: Path) -> dict[str, str]:
    """The SHA-256 of each file of the classpath, by its name."""
    paths = [Path(text) for text in classpath.read_text(encoding="utf-8").strip().split("|")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


if __name__ == "__main__":
    found = used(EXTENSION / "target" / CLASSPATH)
    HASHES.write_text("".join(f"{found[name]}  {name}\n" for name in sorted(found)), encoding="ascii")
    print(f"{len(found)} artefacts recorded in {HASHES.name}")
