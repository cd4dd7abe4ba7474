"""Mail for scripts/demo, with the addresses that `scripts/services mail env` gives.

demo_mail.py send <from> <to> <subject> <text>   sends one mail by SMTP
demo_mail.py read <address>                      prints the newest mail that was sent to a customer's address, if any
"""

import email.policy
import imaplib
import os
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

SECONDS_MAX = 20


def context(name):
    return ssl.create_default_context(cafile=os.environ.get(name) or None)


def send(sender, recipient, subject, text):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Mehmet Öztürk <{sender}>", recipient, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain="musteri.example")
    mail.set_content(text)
    tls = os.environ.get("SMTP_TLS", "none")
    where = os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"])
    server = smtplib.SMTP_SSL(*where, timeout=SECONDS_MAX, context=context("SMTP_CA")) if tls == "tls" else smtplib.SMTP(*where, timeout=SECONDS_MAX)
    with server:
        if tls == "starttls":
            server.starttls(context=context("SMTP_CA"))
        if os.environ.get("SMTP_USER"):
            server.login(os.environ["SMTP_USER"], os.environ["SMTP_PASS"])
        server.send_message(mail)


def read(address):
    with imaplib.IMAP4(os.environ["IMAP_HOST"], int(os.environ["IMAP_PORT"]), timeout=SECONDS_MAX) as server:
        server.login(os.environ["TEST_CUSTOMER_USER"], os.environ["IMAP_PASS"])
        server.select("INBOX", readonly=True)
        numbers = server.search(None, "HEADER", "X-Original-To", f'"{address}"')[1][0].split()
        if numbers:
            show(server.fetch(numbers[-1], "(RFC822)")[1][0][1])


def show(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    for name in ("From", "To", "Subject"):
        print(f"{name}: {mail[name]}")
    body = mail.get_body(("plain", "html"))
    print("\n" + (body.get_content().strip() if body else ""))


{"send": send, "read": read}[sys.argv[1]](*sys.argv[2:])
