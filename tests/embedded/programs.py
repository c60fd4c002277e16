"""Small programs for tests of the supervisor: `python programs.py web PORT | die | ignore | slow`."""

from __future__ import annotations

import http.server
import signal
import sys
import time


class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words: object) -> None:
        """A test reads the output; requests are no part of it."""


def main(kind: str, *words: str) -> None:
    if kind == "web":
        http.server.HTTPServer(("127.0.0.1", int(words[0])), Well).serve_forever()
    if kind == "die":
        print("a short life", flush=True)
        sys.exit(3)
    if kind == "ignore":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("deaf", flush=True)
    time.sleep(120)


if __name__ == "__main__":
    main(*sys.argv[1:])
