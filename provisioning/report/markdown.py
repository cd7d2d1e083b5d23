"""Plans for a pull request: Markdown as code hosts render it, a changed flow as diagrams (Mermaid)."""

from __future__ import annotations

from collections.abc import Iterator

from provisioning.change import Change, FieldChange
from provisioning.nodes import Json, Secret
from provisioning.plan import Plan
from provisioning.report import trees
from provisioning.report.words import count, shown, sign

_STYLES = {"+": ":::added", "-": ":::removed", "~": ":::changed", " ": ""}
_CLASSES = (
    "  classDef added fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "  classDef removed fill:#ffebe9,stroke:#cf222e,color:#1f2328",
    "  classDef changed fill:#fff8c5,stroke:#9a6700,color:#1f2328",
)
_SHORT = 300


def as_markdown(plan: Plan) -> str:
    """A heading with the count, then each object with its fields as a table."""
    if plan.empty:
        return f"## Realm `{plan.realm}`: nothing to do\n"
    lines = [f"## Realm `{plan.realm}`: {count(plan)}", ""]
    if plan.creates:
        lines += ["The realm does not exist yet: it is created.", ""]
    if plan.dangers:
        lines += ["Dangers, refused by `apply` unless allowed by name:", ""]
        lines += [*(f"- **{danger.name}**: {danger.words}" for danger in plan.dangers), ""]
    for change in plan.changes:
        lines += _change(change)
    return "\n".join(lines)


def _change(change: Change) -> Iterator[str]:
    place = f" – {code(str(change.mark))}" if change.mark else ""
    yield f"### {sign(change)} {change.kind} {code(change.name) if change.name else ''}".rstrip() + place
    yield ""
    yield from _diagrams(change)
    told = [field for field in change.fields if field.path != "executions"]
    if told:
        yield "| field | before | after |"
        yield "| --- | --- | --- |"
        yield from (_row(field) for field in told)
        yield ""


def _row(field: FieldChange) -> str:
    return f"| {code(field.path)} | {value_cell(field.before)} | {value_cell(field.after)} |"


def value_cell(value: Json) -> str:
    """A value as a table's cell; empty for absence."""
    if value is None or value == []:
        return ""
    return str(value) if isinstance(value, Secret) else code(shown(value))


def code(text: str) -> str:
    """As code in a table's cell: a fence longer than any run of backquotes in it, and bars escaped."""
    longest = max((len(run) for run in _runs(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{text[:_SHORT].replace('|', chr(92) + '|')}{pad}{fence}".replace("\n", " ")


def _runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split(" ") if run]


def _diagrams(change: Change) -> Iterator[str]:
    steps = trees.steps(change)
    if not steps:
        return
    flow = change.name
    if change.observed is not None:
        yield from ("Before:", "", *_diagram(flow, steps, without="+"), "")
    if change.desired is not None:
        yield from ("After:", "", *_diagram(flow, steps, without="-"), "")


def _diagram(flow: str, steps: tuple[trees.Step, ...], without: str) -> Iterator[str]:
    """The tree as Mermaid draws it, without the steps of one sign."""
    yield "```mermaid"
    yield "flowchart LR"
    yield f"  s{_label(flow)}"
    yield from _nodes(steps, "s", without)
    yield from _CLASSES
    yield "```"


def _nodes(steps: tuple[trees.Step, ...], parent: str, without: str) -> Iterator[str]:
    for number, step in enumerate(step for step in steps if step.sign != without):
        name = f"{parent}_{number}"
        told = _side(step.told, before=without == "+")
        yield f"  {parent} --> {name}{_label(f'{number + 1}. {step.name}', told)}{_STYLES[step.sign]}"
        yield from _nodes(step.below, name, without)


def _side(told: str, *, before: bool) -> str:
    """One side of `A → B`."""
    return ", ".join(part.split(" → ")[0 if before else -1] for part in told.split(", "))


def _label(*rows: str) -> str:
    escaped = (row.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;") for row in rows)
    return f'["{"<br/>".join(escaped)}"]'
