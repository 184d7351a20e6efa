"""The port for mail, and what stands behind it: an SMTP server, or the console."""

import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal, Protocol, TextIO

from app.domain.errors import DomainError

Encryption = Literal["none", "starttls", "implicit"]
_PATIENCE = 15  # seconds for each answer of the server
_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class Mail:
    """One mail in plain text. The subject is one line; whatever stands in it cannot become a header of its own."""

    to: str
    subject: str
    body: str


class MailSender(Protocol):
    """Hands a mail over, or raises `DomainError` (`mail.failed`): then it is tried again."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over."""


@dataclass(frozen=True)
class SmtpMail:
    """Sends through a mail server, one connection a mail."""

    host: str
    port: int
    sender: str
    tls: Encryption = "none"
    user: str = ""
    password: str = ""

    def send(self, mail: Mail) -> None:
        """Send the mail. `DomainError` (`mail.failed`) when the server is not there, is not trusted or refuses."""
        try:
            with self._connect() as server:
                if self.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(self._message(mail))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            # The server's words may repeat the address: its kind of answer is enough for whoever reads the log.
            raise DomainError("mail.failed", f"邮件没有发出（{type(error).__name__}）。请检查邮件服务器设置。") from error

    def _connect(self) -> smtplib.SMTP:
        if self.tls == "implicit":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_PATIENCE, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=_PATIENCE)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, mail.to
        message["Subject"] = " ".join(mail.subject.split())[:_LONGEST_SUBJECT]
        message["Date"], message["Message-ID"] = formatdate(localtime=False), make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine shall answer it
        message.set_content(mail.body)
        return message


@dataclass(frozen=True)
class ConsoleMail:
    """Shows mail on the console instead of sending it, for a demonstration."""

    stream: TextIO = sys.stderr

    def send(self, mail: Mail) -> None:
        """Print the mail."""
        print(f"——邮件——\n收件人：{mail.to}\n主题：{mail.subject}\n\n{mail.body}", file=self.stream, flush=True)
