"""The mailbox's web pages, as values: path in, page out. Everything that came by mail is escaped or caged."""

from __future__ import annotations

import html
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

from stack.mailbox.store import Mail, Store

#: Our own pages: no script at all, a form and a frame of our own.
_OWN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: A mail's HTML: shown in a cage without scripts, forms or outside resources; its links open a new tab.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

_STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Page:
    """One answer: status, media type, body and its Content-Security-Policy."""

    body: bytes
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    policy: str = field(default=_OWN_POLICY)


def answer(method: str, path: str, store: Store) -> Page:
    """The page for a request. Unknown paths and ids give 404, never an exception."""
    match (method, path.partition("?")[0].strip("/").split("/")):
        case ("GET", [""]):
            return _document("Mailbox", _list(store.all()), refresh=True)
        case ("GET", ["healthz"]):
            return _json({"status": "ok"})
        case ("GET", ["api", "mails"]):
            return _json([_as_json(mail) for mail in store.all()])
        case ("DELETE", ["api", "mails"]):
            store.clear()
            return _json([])
        case ("GET", ["mails", identifier, *view]):
            return _mail_page(identifier, view, store)
        case _:
            return _not_found()


def _mail_page(identifier: str, view: list[str], store: Store) -> Page:
    mail = store.get(identifier)
    if mail is None:
        return _not_found()
    match view:
        case []:
            return _document(mail.subject or "(no subject)", _mail(mail))
        case ["html"]:
            return Page(_caged(mail.html).encode(), policy=_MAIL_POLICY)
        case ["source"]:
            return Page(store.source(identifier) or b"", kind="text/plain; charset=utf-8")
        case _:
            return _not_found()


def linked(text: str) -> str:
    """Plain text as HTML: escaped, its http and https addresses clickable."""
    parts: list[str] = []
    end = 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0])
        parts += [
            html.escape(text[end : found.start()]),
            f'<a href="{address}" target="_blank">{address}</a>',
        ]
        end = found.end()
    return "".join([*parts, html.escape(text[end:])])


def _caged(content: str) -> str:
    # Before the mail's own markup, so that every link of it leaves the frame.
    return f'<!doctype html><meta charset="utf-8"><base target="_blank">{content}'


def _list(mails: list[Mail]) -> str:
    if not mails:
        return '<p class="card empty">No mail yet. Mails appear here by themselves.</p>'
    items = "".join(
        f'<li><a href="/mails/{mail.id}"><strong>{html.escape(mail.subject or "(no subject)")}</strong>'
        f'<time class="soft">{_time(mail)}</time><span>{html.escape(", ".join(mail.to))}</span></a></li>'
        for mail in mails
    )
    return f'<ol class="card">{items}</ol>'


def _mail(mail: Mail) -> str:
    rows = {"From": mail.sender, "To": ", ".join(mail.to), "Date": _time(mail)}
    head = "".join(f"<dt>{name}</dt><dd>{html.escape(value)}</dd>" for name, value in rows.items())
    shown = (
        f'<section class="card"><h2>HTML</h2><iframe title="The mail’s HTML" src="/mails/{mail.id}/html" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe></section>'
    )
    plain = f'<section class="card"><h2>Plain text</h2><pre>{linked(mail.text)}</pre></section>'
    back = f'<p><a href="/">All mails</a> · <a href="/mails/{mail.id}/source">Source</a></p>'
    return f'{back}<dl class="card">{head}</dl>{shown if mail.html else ""}{plain if mail.text else ""}'


def _time(mail: Mail) -> str:
    return mail.received.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _document(title: str, content: str, *, refresh: bool = False, status: int = 200) -> Page:
    again = '<meta http-equiv="refresh" content="5">' if refresh else ""
    return Page(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{again}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body>"
        f'<header><h1>{html.escape(title)}</h1><span class="soft">nothing leaves this machine</span>'
        f"</header><main>{content}</main></body></html>".encode(),
        status=status,
    )


def _not_found() -> Page:
    return _document("Not found", '<p>There is no such mail. <a href="/">All mails</a></p>', status=404)


def _json(value: object) -> Page:
    return Page(json.dumps(value, ensure_ascii=False).encode(), kind="application/json")


def _as_json(mail: Mail) -> dict[str, object]:
    return {**asdict(mail), "received": mail.received.isoformat()}
