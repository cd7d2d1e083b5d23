"""Plans for people (text, Markdown) and for programs (JSON, SARIF). No secret shows in any of them."""

from provisioning.report.data import as_json
from provisioning.report.markdown import as_markdown
from provisioning.report.sarif import as_sarif
from provisioning.report.text import as_text, calls_as_text

__all__ = ["as_json", "as_markdown", "as_sarif", "as_text", "calls_as_text"]
