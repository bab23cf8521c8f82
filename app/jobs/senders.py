"""Senders of messages, by the scheme of MAIL_URL and SMS_URL."""

from __future__ import annotations

import json
import smtplib
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

Sender = Callable[[str, str, str, str], None]
"""(address of the sender service, recipient, subject, body)"""

TIMEOUT = 20


def send_smtp(url: str, recipient: str, subject: str, body: str) -> None:
    """smtp://user:password@host:port/?from=address (STARTTLS where offered), or smtps:// for TLS from the start."""
    parts = urlsplit(url)
    mail = EmailMessage()
    mail["From"] = parse_qs(parts.query).get("from", [unquote(parts.username or "noreply@localhost")])[0]
    mail["To"] = recipient
    mail["Subject"] = subject
    mail.set_content(body)
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with connect(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT) as server:
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username and parts.password:
            server.login(unquote(parts.username), unquote(parts.password))
        server.send_message(mail)


def post_json(url: str, recipient: str, _subject: str, body: str) -> None:
    """POST {"to", "text"} as JSON to a gateway; any status from 400 up is an error."""
    data = json.dumps({"to": recipient, "text": body}).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=TIMEOUT):  # the scheme is checked by app.config
        pass


SENDERS: dict[str, Sender] = {"smtp": send_smtp, "smtps": send_smtp, "http": post_json, "https": post_json}


def sender_for(url: str) -> Sender:
    """The sender of an address. Raises KeyError for a scheme that has none."""
    return SENDERS[urlsplit(url).scheme]
