"""TLS in front of the embedded PostgreSQL, which is built without it: what a hosted database does.

The certificate of `tls/` is signed by itself and made for these tests alone; its name is localhost.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path

from bot.db.embedded import EmbeddedDatabase

CERTIFICATES = Path(__file__).parent / "tls"
SSL_REQUEST = bytes.fromhex(
    "0000000804d2162f"
)  # PostgreSQL's protocol, "SSLRequest": length 8, code 80877103


class TlsFront:
    """Listens on loopback; whoever does not ask for TLS is turned away."""

    def __init__(self, database: EmbeddedDatabase) -> None:
        self._behind = str(database.socket_folder / ".s.PGSQL.5432")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(CERTIFICATES / "server.pem", CERTIFICATES / "server.key")
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]
        self.port = self._server.getsockname()[1]
        self.refused = 0  # who spoke without TLS, or broke the handshake off
        self.served = 0
        self._threads[0].start()

    def close(self) -> None:
        """Stop listening; who is connected ends first."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            serving = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(serving)
            serving.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                if connection.recv(8, socket.MSG_WAITALL) != SSL_REQUEST:
                    raise ssl.SSLError
                connection.sendall(b"S")
                spoken = self._context.wrap_socket(connection, server_side=True)
            except OSError:
                self.refused += 1
                return
            self.served += 1
            with spoken, socket.socket(socket.AF_UNIX) as database:
                database.connect(self._behind)
                back = threading.Thread(target=_carry, args=(database, spoken))
                back.start()
                _carry(spoken, database)
                back.join()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    """Everything that comes from one to the other, until one of them ends."""
    with contextlib.suppress(OSError):
        while piece := source.recv(65_536):
            sink.sendall(piece)
    for end in (sink, source):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
