"""What GitHub runs is pinned, may read only, and is what runs everywhere else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOWS = sorted((Path(__file__).parents[2] / ".github" / "workflows").glob("*.yml"))


def _jobs(workflow: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values())


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_its_whole_commit_and_says_its_version(workflow: Path) -> None:
    used = re.findall(r"uses:\s*(.*)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [
        one for one in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)
    ] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_the_repository_and_nothing_else(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text(encoding="utf-8"))["permissions"] == {"contents": "read"}
    assert [job for job in _jobs(workflow) if "permissions" in job] == []


@pytest.mark.parametrize(("name", "wanted"), [("ci.yml", ".ci/run"), ("audit.yml", "make audit")])
def test_what_is_run_is_what_every_other_machine_runs(name: str, wanted: str) -> None:
    workflow = next(path for path in WORKFLOWS if path.name == name)
    steps = [step for job in _jobs(workflow) for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == [wanted]


def test_advisories_are_looked_for_every_night() -> None:
    workflow = next(path for path in WORKFLOWS if path.name == "audit.yml")
    # YAML 1.1 reads the key `on` as true.
    (nightly,) = yaml.safe_load(workflow.read_text(encoding="utf-8"))[True]["schedule"]
    minute, hour, *every = nightly["cron"].split()
    assert (minute.isdigit(), hour.isdigit(), every) == (True, True, ["*", "*", "*"])
