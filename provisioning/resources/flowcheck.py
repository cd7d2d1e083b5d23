"""References inside declared flows, checked with file and line before any server is asked."""

from __future__ import annotations

from provisioning.nodes import Node
from provisioning.problems import Problems

REQUIREMENTS = ("REQUIRED", "ALTERNATIVE", "CONDITIONAL", "DISABLED")


def check_references(root: Node, problems: Problems) -> None:
    """Subflows and settings must exist, be used, and requirements be words that Keycloak knows."""
    flows = by_alias(root, "authenticationFlows")
    configs = by_alias(root, "authenticatorConfig")
    used: set[str] = set()
    for alias, flow in flows.items():
        for number, execution in enumerate(_child(flow, "authenticationExecutions").items):
            where = f"authenticationFlows[{alias}].authenticationExecutions[{number}]"
            _check_execution(execution, where, flows, configs, problems)
            used.add(text(execution, "flowAlias"))
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
        text(execution, name) for name in ("requirement", "flowAlias", "authenticatorConfig")
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
    if not flow and not text(execution, "authenticator"):
        problems.add(execution.mark, where, "names neither an authenticator nor a flowAlias")


def execution_of(flow: Node, path: str) -> tuple[Node | None, str]:
    """The execution that `STEP` or `STEP.FIELD` names (an authenticator or a subflow), and the FIELD."""
    steps = {
        text(execution, "flowAlias") or text(execution, "authenticator"): execution
        for execution in _child(flow, "authenticationExecutions").items
    }
    for step in sorted(steps, key=len, reverse=True):
        if step and (path == step or path.startswith(f"{step}.")):
            return steps[step], path[len(step) + 1 :]
    return None, ""


def by_alias(root: Node, name: str) -> dict[str, Node]:
    """The items of a list by their alias."""
    return {text(item, "alias"): item for item in _child(root, name).items if text(item, "alias")}


def _child(node: Node, name: str) -> Node:
    return node.mapping.get(name, Node(None, node.mark))


def text(node: Node, name: str) -> str:
    """A field's text, empty where there is none."""
    value = _child(node, name).value
    return value if isinstance(value, str) else ""
