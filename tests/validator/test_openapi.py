"""openapi.yaml says what the application does: the same paths, methods and reasons."""

from pathlib import Path
from typing import Any

import yaml
from customer_code_validator.app import create_app
from customer_code_validator.settings import Settings, Times

from tests.validator.world import HASH_KEY, IDENTITIES, usual_limits

ROOT = Path(__file__).parents[2] / "customer-code-validator"
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))


def test_every_route_is_described_and_nothing_else_is() -> None:
    app = create_app(Settings("sqlite://", ("s" * 32,), HASH_KEY, IDENTITIES, None, usual_limits(), Times()))
    served = {
        (rule.rule.replace("<", "{").replace(">", "}").replace("user_id", "userId"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert described == served


def test_every_reason_of_the_code_is_described() -> None:
    """The reasons appear as literals in the modules that answer."""
    problem = DOCUMENT["components"]["schemas"]["Problem"]["properties"]
    reasons = {*problem["reason"]["enum"], *problem["errors"]["items"]["properties"]["reason"]["enum"]}
    package = ROOT / "customer_code_validator"
    sources = "".join(
        (package / name).read_text(encoding="utf-8")
        for name in ("problems.py", "app.py", "claims.py", "incoming.py", "views.py")
    )
    assert {reason for reason in reasons if f'"{reason}"' not in sources} == set()
