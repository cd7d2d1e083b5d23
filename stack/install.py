"""Makes .venv with what `make run` or the tests need, when that changed. Runs before anything is installed.

    python3 stack/install.py run|dev

Standard library only, and nothing of this package: it is run by the system's Python, as a file.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"


def main(kind: str) -> int:
    """Install the requirements of `kind` (run or dev, which includes run). Returns the exit code."""
    done = STAMP.read_text(encoding="utf-8") if STAMP.exists() else ""
    # Who has the tests' requirements keeps them up to date: they include those of `make run`.
    kind = "dev" if done.startswith("dev ") else kind
    wanted = f"{kind} {_fingerprint(kind)}"
    if done == wanted and _works():
        return 0
    if not _works() and not _make():
        return 1
    if not _install(kind):
        return 1
    STAMP.write_text(wanted, encoding="utf-8")
    return 0


def _fingerprint(kind: str) -> str:
    sources = (REPOSITORY / "requirements" / f"{kind}.txt", REPOSITORY / "pyproject.toml")
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def _works() -> bool:
    """Whether .venv is whole: its Python may have been removed from the system, or its making interrupted."""
    if not PYTHON.exists() or not (VENV / "bin" / "pip").exists():
        return False
    return subprocess.run([PYTHON, "-c", ""], check=False).returncode == 0


def _make() -> bool:
    print("Python: making .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        print(
            f"error: {sys.executable} cannot make a virtual environment in {VENV} {last}: on Debian, "
            "apt-get install python3-venv; else see whether the folder can be written to",
            file=sys.stderr,
        )
    return done.returncode == 0


def _install(kind: str) -> bool:
    listed = REPOSITORY / "requirements" / f"{kind}.txt"
    print(f"Python: installing {listed.relative_to(REPOSITORY)} into .venv …", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [*pip, "--require-hashes", "-r", listed],
        [*pip, "--no-deps", "--no-build-isolation", "-e", REPOSITORY],
    )
    for arguments in steps:
        if subprocess.run([str(part) for part in arguments], check=False).returncode != 0:
            print(f"error: pip could not install {listed} (its own words are above)", file=sys.stderr)
            return False
    return True


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except OSError as problem:
        sys.exit(f"error: {problem.filename}: {problem.strerror}")
    except KeyboardInterrupt:
        sys.exit(130)
