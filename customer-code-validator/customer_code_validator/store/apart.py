"""What a file's rows and the registry have not in common, both in the order of their codes. Pure."""

_AT_ONCE = 64
"""Rows that are compared by one call: most are the same, and one by one would take twice as long."""


def apart(lines: list[str], registry: list[str]) -> tuple[list[str], list[str]]:
    """The lines that tell of a customer whom the registry has not as they do, and the codes of its customers
    whom no line tells as they are there.

    A line is as `customers.staged` writes it, without its end; a customer of the registry is as `Standing`
    has them, and so as a line that tells the same ends. Where one of the two is not in order, more of both
    are found than need be.
    """
    unlike, others = list[str](), list[str]()
    here = there = 0
    while here < len(lines) and there < len(registry):
        some, known = lines[here : here + _AT_ONCE], registry[there : there + _AT_ONCE]
        alike = list(map(str.endswith, some, known))
        if False not in alike:
            here, there = here + len(alike), there + len(alike)
            continue
        same = alike.index(False)
        line, code = some[same], code_of(known[same])
        here, there = here + same, there + same
        _, valid, _, told, _ = line.split("\t", 4)
        # A row that is not valid has any code, and so no place in the order.
        if valid == "0" or told <= code:
            unlike.append(line)
            here += 1
        if valid == "1" and told >= code:
            others.append(code)
            there += 1
    return unlike + lines[here:], others + [code_of(customer) for customer in registry[there:]]


def code_of(customer: str) -> str:
    """The code of one of the registry's customers."""
    return customer.split("\t", 2)[1]
