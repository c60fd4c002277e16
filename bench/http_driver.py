"""A small HTTP/1.1 client that keeps connections busy: one process, non-blocking, requests made beforehand.

wrk would do, but nothing has to be installed for this; it takes a fraction of what the server takes.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

CONNECTIONS = 32


@dataclass
class HttpLoad:
    """What came back: answers by status code, and how long it took."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds if self.seconds else 0.0


class _Connection:
    """One kept-alive connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._open()
        self.answer = b""

    def _open(self) -> socket.socket:
        opened = socket.create_connection(("127.0.0.1", self.port))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return opened

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.socket.sendall(request)

    def received(self) -> int | None:
        """The status when the whole answer is there, None while it is not."""
        chunk = self.socket.recv(65536)
        self.answer += chunk
        head, parted, body = self.answer.partition(b"\r\n\r\n")
        if not chunk and not parted:
            raise ConnectionError("the server closed the connection")
        if not parted or (chunk and len(body) < _length(head)):
            return None
        return int(head[9:12])

    def reopen_if_closed(self) -> bool:
        """After an answer that ends the connection; True when there is a new socket."""
        if b"connection: close" not in self.answer[:2000].lower():
            return False
        self.socket.close()
        self.socket = self._open()
        return True


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def drive(port: int, requests: Iterator[bytes], seconds: float = 3600.0) -> HttpLoad:
    """Sends `requests` over 32 connections until they or the time are over; every request sent is awaited."""
    load, waiting = HttpLoad(), selectors.DefaultSelector()
    began = time.perf_counter()
    connections = [_Connection(port) for _ in range(CONNECTIONS)]
    for connection in connections:
        _next(connection, requests, waiting)
    while waiting.get_map():
        for key, _ in waiting.select(timeout=30):
            connection = key.data
            status = connection.received()
            if status is None:
                continue
            load.statuses[status] += 1
            waiting.unregister(key.fileobj)
            connection.reopen_if_closed()
            if time.perf_counter() - began < seconds:
                _next(connection, requests, waiting)
    load.seconds = time.perf_counter() - began
    for connection in connections:
        connection.socket.close()
    return load


def _next(connection: _Connection, requests: Iterator[bytes], waiting: selectors.BaseSelector) -> None:
    request = next(requests, None)
    if request is not None:
        connection.send(request)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)


def post(path: str, body: bytes, cookie: str) -> bytes:
    """A form sent by a browser that holds `cookie`."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {USER_AGENT}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str) -> bytes:
    """A page asked for by a stranger."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {USER_AGENT}\r\n\r\n".encode()


#: Sessions are tied to it (Flask-Login): the same for those who log in and those who click.
USER_AGENT = "kezek-bench"
