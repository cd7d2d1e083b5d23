"""What stands in front of several servers: it sends each connection to one that is ready.

As a load balancer of connections (a Kubernetes Service, HAProxy in tcp mode): it reads nothing of what goes
through. The servers see the address that a client comes from, as if nothing were in between.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from stack import http
from stack.settings import HOST

#: How often each server is asked whether it is ready.
_ASKED_SECONDS = 0.5
_CONNECT_SECONDS = 1.0
_CHUNK = 65_536


@dataclass(frozen=True)
class Server:
    """One of those behind it: where it listens, and the address that answers 200 while it is ready."""

    port: int
    health_url: str


class Balancer:
    """Listens on `port` until closed.

    sticky  whether a client stays with one server, chosen by its address, as long as that is ready, and comes
            back to it; otherwise each connection goes to the next one
    """

    def __init__(self, port: int, servers: Sequence[Server], *, sticky: bool) -> None:
        self.url = f"http://{HOST}:{port}"
        self._port = port
        self._servers = list(servers)
        self._sticky = sticky
        self._ready = set(self._servers)
        self._turns = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Server | None = None
        self._closing = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop.run_forever, daemon=True),
            *(threading.Thread(target=self._watch, args=[server], daemon=True) for server in servers),
        ]

    def open(self) -> None:
        """Listen."""
        for thread in self._threads:
            thread.start()
        # Never in the caller's thread, where a browser's loop may be running.
        starting = asyncio.start_server(self._serve, HOST, self._port)
        self._listening = asyncio.run_coroutine_threadsafe(starting, self._loop).result()

    def close(self) -> None:
        """Listen no more, and end what is open."""
        self._closing.set()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join()
        self._loop.close()

    def home(self, address: str) -> int:
        """The number of the server that a client at this address stays with."""
        return int(ip_address(address)) % len(self._servers)

    def _watch(self, server: Server) -> None:
        while not self._closing.wait(_ASKED_SECONDS):
            if http.answers(server.health_url):
                self._ready.add(server)
            else:
                self._ready.discard(server)

    def _in_order(self, address: str) -> list[Server]:
        """Whom to try, one after the other: first those that are ready."""
        first = self.home(address) if self._sticky else next(self._turns) % len(self._servers)
        turned = self._servers[first:] + self._servers[:first]
        return sorted(turned, key=lambda server: server not in self._ready)

    async def _end(self) -> None:
        if self._listening is not None:
            self._listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        address = answers.get_extra_info("peername")[0]
        for server in self._in_order(address):
            with suppress(OSError, TimeoutError):
                connecting = asyncio.open_connection(HOST, server.port, local_addr=(address, 0))
                there, requests = await asyncio.wait_for(connecting, _CONNECT_SECONDS)
                break
        else:
            answers.close()
            return
        both = [asyncio.create_task(_pump(*way)) for way in ((client, requests), (there, answers))]
        # Whichever side ends ends the other, as the end of its process would.
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
        for writer in (requests, answers):
            writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(_CHUNK):
            target.write(chunk)
            await target.drain()
