"""realm-config/ → one tree: the folder's files, the localization texts, the environment on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provisioning.merging import merge, report_duplicates
from provisioning.nodes import Node
from provisioning.problems import Mark, Problems, relative
from provisioning.renaming import name_resources
from provisioning.yamlfile import read_nodes

SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Config:
    """The declared realm as one RealmRepresentation of nodes, and what was wrong while reading it."""

    root: Node
    problems: Problems
    source: Path


def load(source: Path, environment: str | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read a folder (or one file) of configuration; `environ` stands in for os.environ in tests.

    Nothing is raised for bad content: `Config.problems` lists all of it. A missing folder is such a problem
    too.
    """
    problems = Problems()
    root = Node({}, Mark(relative(source), 1))
    if not source.exists():
        problems.add(root.mark, "", "does not exist: give the configuration folder with --config")
        return Config(root, problems, source)
    for path in _files(source):
        root = _lay(root, path, problems, environ, overlay=False)
    for path in _localization_files(source):
        root = _lay_texts(root, path, problems, environ)
    if environment:
        root = _lay_environment(root, source, environment, problems, environ)
    report_duplicates(root, problems)
    name_resources(root)
    return Config(root, problems, source)


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return sorted(path for path in source.iterdir() if path.is_file() and path.suffix in SUFFIXES)


def _localization_files(source: Path) -> list[Path]:
    folder = source / "localization"
    return _files(folder) if source.is_dir() and folder.is_dir() else []


def _lay(
    root: Node, path: Path, problems: Problems, environ: Mapping[str, str] | None, *, overlay: bool
) -> Node:
    node = read_nodes(path, problems, environ)
    if node is None:
        return root
    if not isinstance(node.value, dict):
        problems.add(node.mark, "", "must be a mapping of Keycloak's realm fields (key: value)")
        return root
    return merge(root, _in_keycloaks_words(node), problems, overlay=overlay)


_OTHERS_WORDS = {"messageBundles": "localizationTexts"}
"""Fields that files for keycloak-config-cli have, and what Keycloak calls them."""


def _in_keycloaks_words(node: Node) -> Node:
    renamed = {_OTHERS_WORDS.get(key, key): child for key, child in node.mapping.items()}
    marks = {_OTHERS_WORDS.get(key, key): mark for key, mark in node.key_marks.items()}
    return Node(renamed, node.mark, key_marks=marks)


def _lay_texts(root: Node, path: Path, problems: Problems, environ: Mapping[str, str] | None) -> Node:
    """localization/it.yaml is the same as localizationTexts: {it: …} in a realm file."""
    texts = read_nodes(path, problems, environ) or Node({}, Mark(relative(path), 1))
    locale = Node({path.stem: texts}, texts.mark)
    return merge(root, Node({"localizationTexts": locale}, texts.mark), problems, overlay=False)


def _lay_environment(
    root: Node, source: Path, environment: str, problems: Problems, environ: Mapping[str, str] | None
) -> Node:
    folder = (source if source.is_dir() else source.parent) / "environments"
    found = {path.stem: path for path in _files(folder)} if folder.is_dir() else {}
    if environment not in found:
        known = ", ".join(sorted(found)) or "none"
        problems.add(
            Mark(relative(folder), 1),
            environment,
            f"is no environment of this configuration (there are: {known})",
        )
        return root
    return _lay(root, found[environment], problems, environ, overlay=True)
