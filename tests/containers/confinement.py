"""How little a container may do, seen from inside."""

from __future__ import annotations

from tests.containers.project import Project


def require_no_rights(project: Project, service: str) -> None:
    """Not root, without a capability, and cannot gain one."""
    shown = project.inside(service, "cat", "/proc/1/status").stdout
    status = dict(line.split(":", 1) for line in shown.splitlines())
    assert "0" not in status["Uid"].split()
    assert [int(status[held], 16) for held in ("CapEff", "CapPrm", "CapBnd")] == [0, 0, 0]
    assert status["NoNewPrivs"].strip() == "1"


def require_read_only(project: Project, service: str) -> None:
    """Nothing can be written where programs and settings are."""
    for folder in ("/", "/etc", "/usr/local/bin", "/opt", "/var/lib"):
        tried = project.inside(service, "touch", f"{folder}/probe")
        assert tried.returncode != 0
        assert "Read-only file system" in tried.stdout + tried.stderr
