"""The mailbox: takes what is sent, keeps it, and shows it without ever trusting it."""

from __future__ import annotations

import http.client
import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.mailbox.pages import answer, linked
from stack.mailbox.part import Mailbox
from stack.mailbox.store import Store
from stack.ports import Ports

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def ports() -> Ports:
    return Ports.free()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, ports: Ports) -> Iterator[Mailbox]:
    folder = tmp_path_factory.mktemp("mailbox")
    mailbox = Mailbox(folder / "mails", folder / "mailbox.log", ports)
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def mail(to: str, subject: str = "Conferma l’indirizzo", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "noreply@example.org", to, subject
    message.set_content("Apri https://example.org/conferma?a=1&b=2.")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def send(ports: Ports, *mails: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", ports.smtp, timeout=5) as client:
        for one in mails:
            client.send_message(one)


def get(ports: Ports, path: str, host: str | None = None) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", ports.mailbox, timeout=5)
    connection.request("GET", path, headers={"Host": host or f"localhost:{ports.mailbox}"})
    reply = connection.getresponse()
    return reply.status, reply.read().decode(), dict(reply.getheaders())


def test_a_mail_that_is_sent_is_found_by_address_and_subject(running: Mailbox, ports: Ports) -> None:
    send(ports, mail("anna@example.org", html="<p>Apri <a href='https://example.org/'>qui</a></p>"))
    found = running.wait_for("anna@example.org", "conferma")
    assert (found.subject, found.sender) == ("Conferma l’indirizzo", "noreply@example.org")
    assert "https://example.org/conferma?a=1&b=2" in found.text
    assert "<a href='https://example.org/'>qui</a>" in found.html


def test_mails_come_newest_first_and_by_address(running: Mailbox, ports: Ports) -> None:
    send(
        ports, mail("bruno@example.org", "prima"), mail("carla@example.org"), mail("bruno@example.org", "poi")
    )
    running.wait_for("bruno@example.org", count=2)
    assert [found.subject for found in running.messages("bruno@example.org")] == ["poi", "prima"]


def test_a_mail_that_does_not_come_is_reported_with_what_came_instead(running: Mailbox, ports: Ports) -> None:
    send(ports, mail("dario@example.org", "Benvenuto"))
    with pytest.raises(StackError, match=r"no mail to dario@example\.org with 'Reset' .* it got 'Benvenuto'"):
        running.wait_for("dario@example.org", "Reset", seconds=0.5)


def test_mails_survive_a_restart(running: Mailbox, ports: Ports) -> None:
    send(ports, mail("elena@example.org"))
    running.wait_for("elena@example.org")
    running.stop()
    running.start()
    assert len(running.messages("elena@example.org")) == 1


def test_a_page_that_reaches_it_under_another_name_is_refused(running: Mailbox, ports: Ports) -> None:
    assert get(ports, "/api/mails", host="evil.example")[0] == 421


def test_no_page_may_run_scripts_and_the_mails_html_is_caged(running: Mailbox, ports: Ports) -> None:
    send(ports, mail("fabio@example.org", html=HOSTILE))
    identifier = running.wait_for("fabio@example.org").id
    for path in ("/", f"/mails/{identifier}", f"/mails/{identifier}/html"):
        _, _, headers = get(ports, path)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
    caged = get(ports, f"/mails/{identifier}/html")[2]["Content-Security-Policy"]
    assert caged.startswith("sandbox ")
    assert "allow-scripts" not in caged
    assert "allow-same-origin" not in caged


def test_what_a_mail_says_is_escaped_everywhere(store: Store) -> None:
    identifier = store.add([f"{HOSTILE}@example.org"], mail("x@example.org", HOSTILE).as_bytes())
    for path in ("/", f"/mails/{identifier}"):
        page = answer("GET", path, store).body.decode()
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "path", ["/mails/1", "/mails/../../secrets.json", "/mails/..%2f..", "/nothing", "/mails"]
)
def test_an_unknown_path_is_not_found(store: Store, path: str) -> None:
    assert answer("GET", path, store).status == 404


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: =?utf-8?b?broken\r\n\r\nbody",
        b"Content-Type: text/plain; charset=no-such\r\n\r\nbody",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"From: <<>>,,;\r\nTo: \x00\r\n\r\n",
    ],
)
def test_a_malformed_mail_is_kept_and_shown(store: Store, source: bytes) -> None:
    identifier = store.add(["a@example.org"], source)
    assert answer("GET", "/", store).status == 200
    assert answer("GET", f"/mails/{identifier}", store).status == 200
    assert json.loads(answer("GET", "/api/mails", store).body)[0]["id"] == identifier


def test_addresses_in_plain_text_are_links_and_nothing_else_is() -> None:
    address = "https://example.org/a?b=1&amp;c=2"
    shown = f'vai a <a href="{address}" target="_blank">{address}</a>. &lt;b&gt;'
    assert linked("vai a https://example.org/a?b=1&c=2. <b>") == shown
    assert "<a" not in linked("javascript:alert(1)")


def test_the_mailbox_can_be_emptied(store: Store) -> None:
    store.add(["a@example.org"], mail("a@example.org").as_bytes())
    assert answer("DELETE", "/api/mails", store).status == 200
    assert store.all() == []
