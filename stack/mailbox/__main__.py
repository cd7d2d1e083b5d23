"""`python -m stack.mailbox`: the mailbox's process, SMTP and web page, until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.mailbox.pages import answer
from stack.mailbox.store import Store
from stack.settings import HOST

_LARGEST_MAIL = 10 * 1024 * 1024


class _Receiver:
    """Takes every mail for every address."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # The name that aiosmtpd calls.
    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        data = content if isinstance(content, bytes) else content.encode()
        try:
            self._store.add([str(recipient) for recipient in envelope.rcpt_tos], data)
        except OSError as error:
            return f"452 the mailbox cannot write its folder: {error.strerror}"
        return "250 OK"


def _web(store: Store, host: str, port: int) -> ThreadingHTTPServer:
    own_names = {"localhost", HOST, host}

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            # A page elsewhere that makes its own name point here must not read mails. The port may be
            # another one where that of a container is published.
            if self.headers.get("Host", "").partition(":")[0] not in own_names:
                self.send_error(421)
                return
            page = answer(self.command, self.path, store)
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            self.send_header("Content-Security-Policy", page.policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(page.body)

        # The names that http.server calls.
        do_GET = _serve  # noqa: N815
        do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: object) -> None:
            """The list reloads itself every few seconds: nothing worth a log."""

    return ThreadingHTTPServer((host, port), Handler)


async def _serve(store: Store, host: str, http_port: int, smtp_port: int) -> None:
    receiver = _Receiver(store)
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(
        lambda: SMTP(
            receiver, data_size_limit=_LARGEST_MAIL, enable_SMTPUTF8=True, hostname="localhost", loop=loop
        ),
        host,
        smtp_port,
    )
    # After it: who asks the page whether the mailbox is ready sends mails at once.
    web = _web(store, host, http_port)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    print(f"mailbox: SMTP on {host}:{smtp_port}, page on http://localhost:{http_port}/", flush=True)
    async with smtp:
        await stopped.wait()
    web.shutdown()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m stack.mailbox")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    parser.add_argument("--host", required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    chosen = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(Store(chosen.folder), chosen.host, chosen.http_port, chosen.smtp_port))


if __name__ == "__main__":
    main()
