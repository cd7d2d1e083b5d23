"""Logs as one JSON object a line, without personal data.

The application logs routes, statuses and reasons, never paths, bodies, codes or addresses. What gunicorn
writes by itself is cleaned here: it would name the peer's address and the path of a request it cannot read.
Of an exception only its type and place are kept: its text may hold what the customer typed.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PEER = re.compile(r"ip=\S+")
_PATH = re.compile(r"/v1/\S*")


class JsonLines(logging.Formatter):
    """time, level, logger, message and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        message = _PATH.sub("/v1/...", _PEER.sub("ip=-", record.getMessage()))
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message,
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1]:
            line["error"] = where(record.exc_info[1])
        return json.dumps(line, default=str, ensure_ascii=False)


def where(error: BaseException) -> str:
    """Type, file and line of an exception, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def configure(level: str = "INFO") -> None:
    """Everything to standard error, in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("customer_codes", "gunicorn.error"):
        logging.getLogger(name).setLevel(level)
