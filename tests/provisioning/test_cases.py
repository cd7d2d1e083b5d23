"""Each file of cases/ is one behaviour: a declared realm, an observed one, and the changes expected, in
words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioning import engine, plan, report
from provisioning.config import load
from provisioning.observed import Observed

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_plan_is_as_the_case_says(path: Path, tmp_path: Path) -> None:
    case: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared_file = tmp_path / "realm.yaml"
    declared_file.write_text(yaml.safe_dump(case["declared"], sort_keys=False), encoding="utf-8")
    declared = engine.read(load(declared_file))
    observed = Observed(
        "example",
        exists=True,
        export=case["observed"],
        user_profile=case.get("observedUserProfile"),
        client_secrets=case.get("observedClientSecrets", {}),
        organizations=case.get("observedOrganizations", []),
        workflows=case.get("observedWorkflows", []),
        users=case.get("observedUsers", []),
    )
    made = plan.make(declared, observed)
    lines = report.as_text(made).splitlines()[:-2] if made.changes else []
    assert lines == case["expected"]
