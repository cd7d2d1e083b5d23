"""The few requests that the stack itself makes, with the standard library: nothing heavy at start."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


def answers(url: str, seconds: float = 2.0) -> bool:
    """Whether a GET of the URL gives 200 in time."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def get_json(url: str, seconds: float = 10.0) -> Any:
    """The JSON that a GET of the URL gives. Raises OSError (urllib.error.HTTPError for 4xx and 5xx)."""
    with urllib.request.urlopen(url, timeout=seconds) as answer:
        return json.load(answer)


def delete(url: str, seconds: float = 10.0) -> None:
    """DELETE the URL. Raises OSError."""
    request = urllib.request.Request(url, method="DELETE")
    with urllib.request.urlopen(request, timeout=seconds):
        pass
