"""A stand-in for both servers: answers /health and the REST channel; ``python fake_server.py PORT DATABASE``."""

from __future__ import annotations

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hip.launch.keys import provide_keys
from hip.records.database import build_engine
from hip.records.encryption import Vault
from hip.records.migration import migrate
from hip.records.trackers import Trackers
from hip.settings import get_settings


class Handler(BaseHTTPRequestHandler):
    """Says hello to everybody."""

    def do_GET(self) -> None:
        self._reply({"status": "ok"})

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        rows.write(message["sender"], [{"event": "user", "text": message["message"]}], None)
        self._reply([{"text": "Hello"}])

    def _reply(self, body: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: Any) -> None:
        """Nothing."""


port, database = int(sys.argv[1]), sys.argv[2]
url = f"sqlite:///{database}"
migrate(url)
rows = Trackers(build_engine(url, single=True), Vault(provide_keys(get_settings()).data_keys))
# A child of its own, as a server's worker would be: it must not outlive the launcher.
subprocess.Popen([sys.executable, "-c", f"import time; marker = 'fake-worker-{port}'; time.sleep(600)"])
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
