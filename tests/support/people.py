"""People who log in and register while somebody changes the flows that they are in."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field

from stack.browserless import Browser
from stack.page import Page

PASSWORD = "Corretto-Cavallo-7"
CLIENT = "account-console"
_PAGES = 3

Opened = tuple[Browser, Page]
"""Somebody's browser, and the page that is open in it."""


@dataclass
class People:
    """Who log in and register, each in a browser of their own, until told to stop."""

    url: str
    realm: str
    failures: list[str] = field(default_factory=list)
    done: int = 0
    stopping: bool = False
    counted: threading.Condition = field(default_factory=threading.Condition)

    def open(self) -> Opened:
        """The login page in a fresh browser."""
        browser = Browser(self.url)
        return browser, browser.login_page(self.realm, CLIENT, f"{self.url}/realms/{self.realm}/account/")

    def registration(self) -> Opened:
        """The registration form in a fresh browser."""
        browser, page = self.open()
        return browser, browser.follow(page, "login-actions/registration")

    def register(self, name: str, opened: Opened | None = None) -> Page:
        """Send the registration form."""
        browser, page = opened or self.registration()
        names = {"firstName": "Anna", "lastName": "Rossi", "email": f"{name}@example.org", "username": name}
        return browser.submit(page.form, {**names, "password": PASSWORD, "password-confirm": PASSWORD})

    def log_in(self, name: str, opened: Opened | None = None) -> Page:
        """Fill in what each page asks for, as people do, until it is over: a login that stands in a step that
        leaves may be asked by the new one too."""
        browser, page = opened or self.open()
        for _ in range(_PAGES):
            if not page.name.startswith("login"):
                break
            values = {"username": name, "password": PASSWORD}
            page = browser.submit(
                page.form, {key: values[key] for key in values if f'name="{key}"' in page.text}
            )
        return page

    def keep_coming(self) -> None:
        """Register and log in, again and again."""
        while not self.stopping:
            name = f"u{secrets.token_hex(6)}"
            for step in (self.register, self.log_in):
                try:
                    page = step(name)
                    failure = "" if page.returned else f"{step.__name__}: {page.described()}"
                except Exception as error:
                    failure = f"{step.__name__}: {error!r}"
                with self.counted:
                    self.done += 1
                    self.failures += [failure] if failure else []
                    self.counted.notify_all()

    def wait_for(self, more: int) -> None:
        """Until so many more have come through."""
        with self.counted:
            wanted = self.done + more
            assert self.counted.wait_for(lambda: self.done >= wanted, timeout=120)
