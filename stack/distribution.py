"""Keycloak built with the extension, once for all servers that run it.

cache/keycloak-quarkus-dist-VERSION.tar.gz → cache/keycloak-VERSION (unpacked) → cache/built-HASH (with the
jar, after `kc.sh build`) → each server's own folder. Copies are hard links where the file system allows.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from stack import cache, download, fingerprint, jar, tools
from stack.membership import EMBEDDED_DATABASE
from stack.progress import Say, step
from stack.settings import KEYCLOAK, KEYCLOAK_BUILD_OPTIONS, Release, cache_folder

#: `kc.sh build` writes here: never a hard link, or it would write into the copy's origin too.
_WRITTEN_BY_BUILD = Path("lib", "quarkus")
_KEPT_BUILDS = 8


def built(
    say: Say, *, extension: bool = True, release: Release = KEYCLOAK, database: str = EMBEDDED_DATABASE
) -> Path:
    """The folder of a built Keycloak, with the current extension or none; made where it is not there yet.

    `database` is Keycloak's word for the kind that it will keep its data in. The extension is built against
    the very release.

    Nothing is written where nothing changed, so a cache that is read-only but complete will do.
    Raises StackError.
    """
    folder = cache_folder()
    options = (f"--db={database}", *KEYCLOAK_BUILD_OPTIONS)
    sources = jar.sources(release) if extension else "no extension"
    wanted = folder / f"built-{fingerprint.of_text(release.version, sources, *options)[:16]}"
    if wanted.exists():
        return wanted
    with cache.exclusive(folder):
        if wanted.exists():
            return wanted
        if extension and not jar.is_current(release):
            tools.require_compiler()  # before anything is fetched that it is needed for
        unpacked = _unpacked(folder, release, say)
        provider = jar.build(say, release, unpacked) if extension else None
        with cache.scratch(folder) as made:
            _build(unpacked, provider, options, made / "keycloak", say)
            (made / "keycloak").rename(wanted)
        _forget_old_builds(folder, keep=wanted)
    return wanted


def unpacked(say: Say) -> Path:
    """The folder of Keycloak as it was published, fetched and unpacked where it is not there yet.

    Raises StackError.
    """
    folder = cache_folder()
    if (folder / f"keycloak-{KEYCLOAK.version}").exists():
        return folder / f"keycloak-{KEYCLOAK.version}"
    with cache.exclusive(folder):
        return _unpacked(folder, KEYCLOAK, say)


def instantiate(origin: Path, home: Path) -> None:
    """Make `home` a server folder of the built Keycloak `origin`, keeping its `data` folder if it has one."""
    stamp = home / "built-from"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == origin.name:
        return
    if home.exists():
        for child in home.iterdir():
            if child.name != "data":
                shutil.rmtree(child) if child.is_dir() else child.unlink()
    link_tree(origin, home)
    stamp.write_text(origin.name, encoding="utf-8")


def link_tree(origin: Path, target: Path) -> None:
    """Copy a folder as hard links; as real copies where the file system refuses links."""
    shutil.copytree(origin, target, copy_function=_link_or_copy, dirs_exist_ok=True)


def copy_to_build_in(origin: Path, target: Path) -> None:
    """Copy a Keycloak so that `kc.sh build`, in the copy, leaves the origin alone."""
    link_tree(origin, target)
    shutil.rmtree(target / _WRITTEN_BY_BUILD)
    shutil.copytree(origin / _WRITTEN_BY_BUILD, target / _WRITTEN_BY_BUILD)


def _link_or_copy(origin: str, target: str) -> None:
    try:
        os.link(origin, target)
    except OSError:
        # With its times: Keycloak compares those of providers with the ones it was built with.
        shutil.copy2(origin, target)


def _unpacked(folder: Path, release: Release, say: Say) -> Path:
    wanted = folder / f"keycloak-{release.version}"
    if not wanted.exists():
        archive = download.distribution(folder, release, say)
        with cache.scratch(folder) as made, step(say, f"Keycloak {release.version}: unpacking"):
            tools.run(
                ["tar", "-xzf", str(archive), "-C", str(made), "--no-same-owner"],
                purpose=f"unpacking {archive}",
            )
            (made / wanted.name).rename(wanted)
    return wanted


def _build(origin: Path, provider: Path | None, options: Sequence[str], target: Path, say: Say) -> None:
    copy_to_build_in(origin, target)
    if provider is not None:
        shutil.copy2(provider, target / "providers" / provider.name)
    with step(say, "Keycloak: building it with its options and extension (about half a minute)"):
        tools.run(
            [str(target / "bin" / "kc.sh"), "build", *options],
            purpose="kc.sh build",
            environment={**tools.plain_environment(), "JAVA": tools.java()},
        )


def _forget_old_builds(folder: Path, keep: Path) -> None:
    others = sorted(
        (path for path in folder.glob("built-*") if path != keep),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[_KEPT_BUILDS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
