"""A mail server on the loopback, as the outside world: it takes mail by the words of RFC 5321, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class Mailbox(socketserver.ThreadingTCPServer):
    """Keeps what was sent; with `refuses` it answers every recipient with a refusal."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False
        super().__init__(("127.0.0.1", 0), _Conversation)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    """One connection."""

    server: Mailbox

    def handle(self) -> None:
        """Answer line by line until the client quits."""
        self._say("220 ready")
        while line := self.rfile.readline():
            word = line.decode("ascii").split()[0].upper() if line.strip() else ""
            if word == "DATA":
                self._take()
            elif word == "RCPT" and self.server.refuses:
                self._say("450 busy")
            else:
                self._say("221 bye" if word == "QUIT" else "250 ok")
                if word == "QUIT":
                    return

    def _take(self) -> None:
        self._say("354 go on")
        content = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            content += line
        self.server.mails.append(message_from_bytes(content, policy=policy.default))  # type: ignore[arg-type]
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode("ascii"))


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a mail server while something inside sends mail."""
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
