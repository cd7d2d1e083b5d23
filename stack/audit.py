"""Asks whether anything of what is locked is known to be vulnerable (`make audit`).

pip-audit ends well also where it could ask about nothing: behind a closed network it would find nothing for
ever. Here that has an exit code of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.settings import REPOSITORY

#: What tests and tools need; it holds what is delivered too.
LOCKED = REPOSITORY / "requirements" / "dev.txt"

VULNERABLE, UNANSWERED = 2, 3


@dataclass(frozen=True)
class Verdict:
    """What is known of the packages: `vulnerable` a line each, `unaudited` their names, `asked` how many."""

    vulnerable: list[str]
    unaudited: list[str]
    asked: int

    @property
    def exit_code(self) -> int:
        """0 only where every package was asked about and nothing is known of any."""
        return VULNERABLE if self.vulnerable else UNANSWERED if self.unaudited or not self.asked else 0

    def lines(self) -> list[str]:
        """For a terminal."""
        told = list(self.vulnerable)
        if self.unaudited:
            few = ", ".join(self.unaudited[:3])
            told.append(f"no advisory data for {len(self.unaudited)} of {self.asked} packages ({few} …)")
        told.append(f"{self.asked - len(self.unaudited)} packages audited, {len(self.vulnerable)} advisories")
        return told


def judge(report: Mapping[str, Any]) -> Verdict:
    """What pip-audit's JSON says."""
    packages = report["dependencies"]
    return Verdict(
        vulnerable=[
            f"{package['name']} {package['version']}: {found['id']}, "
            f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
            for package in packages
            for found in package.get("vulns", [])
        ],
        unaudited=[package["name"] for package in packages if "skip_reason" in package],
        asked=len(packages),
    )


def main(locked: Path = LOCKED) -> int:
    """Run pip-audit on a lock file; see `Verdict.exit_code`."""
    command = [
        "-m",
        "pip_audit",
        "--require-hashes",
        "--disable-pip",
        "--format=json",
        "--progress-spinner=off",
    ]
    asked = subprocess.run(
        [sys.executable, *command, "--requirement", str(locked)], capture_output=True, text=True, check=False
    )
    try:
        verdict = judge(json.loads(asked.stdout))
    except (json.JSONDecodeError, KeyError):
        last = asked.stderr.strip().splitlines()[-1:]
        print(f"error: no advisory data: pip-audit ended with {asked.returncode} {last}", file=sys.stderr)
        return UNANSWERED
    print("\n".join(verdict.lines()))
    return verdict.exit_code


if __name__ == "__main__":
    sys.exit(main())
