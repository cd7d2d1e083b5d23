"""References inside declared flows, checked with file and line before any server is asked."""

from __future__ import annotations

from provisioning.nodes import Node
from provisioning.problems import Problems

REQUIREMENTS = ("REQUIRED", "ALTERNATIVE", "CONDITIONAL", "DISABLED")


def check_references(root: Node, problems: Problems) -> None:
    """Subflows and settings must exist, be used, and requirements be words that Keycloak knows."""
    flows = _by_alias(root, "authenticationFlows")
    configs = _by_alias(root, "authenticatorConfig")
    used: set[str] = set()
    for alias, flow in flows.items():
        for number, execution in enumerate(_child(flow, "authenticationExecutions").items):
            where = f"authenticationFlows[{alias}].authenticationExecutions[{number}]"
            _check_execution(execution, where, flows, configs, problems)
            used.add(_text(execution, "flowAlias"))
    for alias, flow in flows.items():
        if alias not in used and _child(flow, "topLevel").value is False:
            where = f"authenticationFlows[{alias}]"
            problems.add(
                flow.mark, where, "is a subflow that no flow uses: name it in a flowAlias or remove it"
            )


def _check_execution(
    execution: Node, where: str, flows: dict[str, Node], configs: dict[str, Node], problems: Problems
) -> None:
    requirement, flow, config = (
        _text(execution, name) for name in ("requirement", "flowAlias", "authenticatorConfig")
    )
    if requirement not in REQUIREMENTS:
        words = ", ".join(REQUIREMENTS)
        problems.add(
            execution.mark, f"{where}.requirement", f"is {requirement or 'missing'}: must be one of {words}"
        )
    if flow and flow not in flows:
        problems.add(
            execution.mark,
            f"{where}.flowAlias",
            f"names no declared flow: declare {flow} with topLevel: false",
        )
    if config and config not in configs:
        problems.add(execution.mark, f"{where}.authenticatorConfig", f"names no settings: declare {config}")
    if not flow and not _text(execution, "authenticator"):
        problems.add(execution.mark, where, "names neither an authenticator nor a flowAlias")


def _by_alias(root: Node, name: str) -> dict[str, Node]:
    return {_text(item, "alias"): item for item in _child(root, name).items if _text(item, "alias")}


def _child(node: Node, name: str) -> Node:
    return node.mapping.get(name, Node(None, node.mark))


def _text(node: Node, name: str) -> str:
    value = _child(node, name).value
    return value if isinstance(value, str) else ""
