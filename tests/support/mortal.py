"""A gateway whose process dies at a call, as far as Keycloak can tell: nothing of it is ever sent again."""

from __future__ import annotations

from provisioning.connection import Answer
from provisioning.gateway import Gateway
from provisioning.login import GatewayError, Login
from provisioning.nodes import Json


class Died(BaseException):
    """Nobody handles this: the process is gone."""


class Mortal(Gateway):
    """Dies at its call number `at` (from 1; never where 0): before it is sent, or after it was done."""

    def __init__(self, login: Login, at: int = 0, moment: str = "before") -> None:
        super().__init__(login)
        self._at, self._moment = at, moment
        self.dead = False

    def twin(self) -> Gateway:
        return self

    def aside(self) -> Gateway:
        return self

    def _send(self, method: str, path: str, body: Json = None) -> Answer:
        if self.dead:
            raise GatewayError("this process died")
        mine = len(self.calls) + 1 == self._at
        if mine and self._moment == "before":
            self._die()
        answer = super()._send(method, path, body)
        if mine:
            self._die()
        return answer

    def _die(self) -> None:
        self.dead = True
        raise Died
