"""Python packages, by pip-audit, which ends well also where it could ask about nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stack.audit.verdict import Verdict
from stack.errors import StackError
from stack.settings import REPOSITORY

#: What tests and tools need; it holds what is delivered too.
LOCKED = REPOSITORY / "requirements" / "dev.txt"
KIND = "Python packages"


def judge(report: Mapping[str, Any]) -> Verdict:
    """What pip-audit's JSON says."""
    packages = report["dependencies"]
    return Verdict(
        KIND,
        vulnerable=[
            f"{package['name']} {package['version']}: {found['id']}, "
            f"mended in {', '.join(found['fix_versions']) or 'no version yet'}"
            for package in packages
            for found in package.get("vulns", [])
        ],
        unaudited=[package["name"] for package in packages if "skip_reason" in package],
        asked=len(packages),
    )


def audit(locked: Path = LOCKED) -> Verdict:
    """Of all that a lock file holds. Raises StackError where pip-audit cannot say."""
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
        return judge(json.loads(asked.stdout))
    except (json.JSONDecodeError, KeyError) as error:
        last = "".join(asked.stderr.strip().splitlines()[-1:])
        raise StackError(f"no advisory data: pip-audit ended with {asked.returncode} {last}") from error
