"""Customers who register and log in at a steady pace, at every node of a cluster, whatever happens to it.

A customer stays with one node. Where a page does not come or says that the service is unavailable, the
customer does what people do: waits a moment and sends the same page, with what was typed, again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import requests

from stack.page import Form, Page
from tests.support.registration import UNAVAILABLE, WELCOME, Registrant

REGISTERING_AT_A_NODE = 2
LOGGING_IN_AT_A_NODE = 2
#: Between two registrations, or two logins, of one thread.
_PAUSE_SECONDS = 0.25
_RETRY_SECONDS = 0.5
_PATIENCE_SECONDS = 60.0
_STEPS = frozenset({"customer-code", "register"})
_EXPIRED = "È passato troppo tempo."


@dataclass
class Registration:
    """What one customer met."""

    registrant: Registrant
    node: int
    began: float
    ended: float = 0.0
    retries: int = 0
    typed_again: bool = False
    begun_again: bool = False
    lost: str = ""


@dataclass
class Login:
    """One login: when it was over, how long it took, and what was wrong with it."""

    node: int
    ended: float
    seconds: float
    failure: str = ""


class LostError(Exception):
    """The customer cannot go on from here, and has to begin again."""


@dataclass
class SteadyLoad:
    """`newcomer(node)` gives one more customer who stays with that node; `regulars` log in there."""

    newcomer: Callable[[int], Registrant]
    regulars: dict[int, list[Registrant]]
    registrations: list[Registration] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> SteadyLoad:
        for node, regulars in self.regulars.items():
            registering = [(self._keep_registering, node)] * REGISTERING_AT_A_NODE
            self._threads += [threading.Thread(target=act, args=[who]) for act, who in registering]
            self._threads += [
                threading.Thread(target=self._keep_logging_in, args=[node, who]) for who in regulars
            ]
        for thread in self._threads:
            thread.start()
        self.wait_for_more()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, count: int = 2) -> None:
        """Until at each node so many more have registered, from their first page on, and logged in."""
        now = time.monotonic()
        while not all(self._done_since(now, node) >= count for node in self.regulars):
            assert time.monotonic() < now + 2 * _PATIENCE_SECONDS, "nobody comes through any more"
            time.sleep(0.1)

    def _done_since(self, moment: float, node: int) -> int:
        registered = sum(one.node == node and one.began > moment for one in self.registrations)
        logged_in = sum(
            one.node == node and one.ended - one.seconds > moment and not one.failure for one in self.logins
        )
        return min(registered, logged_in)

    def _keep_logging_in(self, node: int, who: Registrant) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            began = time.monotonic()
            try:
                page = who.log_in(who.address)
                failure = "" if page.returned else page.described()
            except (requests.RequestException, LookupError) as error:
                failure = type(error).__name__
            now = time.monotonic()
            self.logins.append(Login(node, now, now - began, failure))

    def _keep_registering(self, node: int) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            one = Registration(self.newcomer(node), node, time.monotonic())
            try:
                self._register(one)
            except LostError as lost:
                one.lost = str(lost)
                self._begin_again(one)
            one.ended = time.monotonic()
            self.registrations.append(one)

    def _begin_again(self, one: Registration) -> None:
        one.begun_again = True
        one.registrant = Registrant(
            one.registrant.stack, one.registrant.customer, address=one.registrant.address
        )
        try:
            self._register(one)
        except LostError as lost:
            one.lost += f"; and again: {lost}"

    def _register(self, one: Registration) -> None:
        anna = one.registrant
        page = _insist(one, anna.code_page)
        while page.name not in WELCOME:
            sent = page.name
            page = _insist(one, partial(anna.browser.submit, _form(page), _typed(anna, sent)))
            if sent == "register" and page.name not in WELCOME and _has_account(anna, one):
                return
            page = _taken_up(one, sent, page)


def _typed(anna: Registrant, step: str) -> dict[str, str]:
    return {"customerCode": anna.customer.code} if step == "customer-code" else anna.values()


def _taken_up(one: Registration, sent: str, page: Page) -> Page:
    """The page to go on from; the same step again only for a reason that the customer was told."""
    if page.name == "login-page-expired":
        one.typed_again = True
        page = _insist(one, partial(one.registrant.browser.follow, page, "execution="))
    elif page.name == sent and page.says(_EXPIRED):
        one.typed_again = True
    elif page.name == sent:
        _require(_kept(page, _typed(one.registrant, sent)), page)
        _pause(one, page)
    _require(page.name in _STEPS or page.name in WELCOME, page)
    return page


def _has_account(anna: Registrant, one: Registration) -> bool:
    """Whether the credentials chosen open an account: it was made by a sending whose answer was lost."""
    if not one.retries:
        return False
    asking = Registrant(anna.stack, anna.customer, anna.username, anna.address)
    return _insist(one, partial(asking.log_in, anna.address)).returned


def _insist(one: Registration, step: Callable[[], Page]) -> Page:
    """The step's page; taken again while there is no answer, or an error page, as by reloading it."""
    while True:
        try:
            page = step()
            if page.status < 500 and page.name != "error":
                return page
            _pause(one, page)
        except (requests.RequestException, LookupError) as error:
            _pause(one, error)


def _pause(one: Registration, told: Page | Exception) -> None:
    """Before the same is sent again; nobody waits for ever."""
    if time.monotonic() > one.began + _PATIENCE_SECONDS:
        raise LostError(f"after {_PATIENCE_SECONDS:.0f} s: {_said(told)}")
    one.retries += 1
    time.sleep(_RETRY_SECONDS)


def _said(told: Page | Exception) -> str:
    return told.described() if isinstance(told, Page) else repr(told)


def _form(page: Page) -> Form:
    _require(bool(page.forms), page)
    return page.form


def _require(fine: bool, page: Page) -> None:
    if not fine:
        raise LostError(page.described())


def _kept(page: Page, typed: dict[str, str]) -> bool:
    """Whether the form came again because the service is unavailable, with all that was typed."""
    kept = page.form.values if page.forms else {}
    texts = {name: text for name, text in typed.items() if not name.startswith("password")}
    return page.says(UNAVAILABLE) and all(kept.get(name) == text for name, text in texts.items())
