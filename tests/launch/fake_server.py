"""A stand-in for both servers: answers /health and the REST channel; ``python fake_server.py PORT DATABASE``."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Says hello to everybody."""

    def do_GET(self) -> None:
        self._reply({"status": "ok"})

    def do_POST(self) -> None:
        self._reply([{"text": "Hello"}])

    def _reply(self, body: Any) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: Any) -> None:
        """Nothing."""


port, database = int(sys.argv[1]), sys.argv[2]
with sqlite3.connect(database) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS events (sender_id TEXT, data TEXT)")
# A child of its own, as a server's worker would be: it must not outlive the launcher.
subprocess.Popen([sys.executable, "-c", f"import time; marker = 'fake-worker-{port}'; time.sleep(600)"])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
