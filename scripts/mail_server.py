"""SMTP server of the private mail system: accepts mail on loopback and hands it to Dovecot by LMTP.

It is for development, tests and the demo; it relays nothing anywhere. Mail to the desk's own domain and to test
mailboxes keeps its address, mail to anybody else goes to the customers' mailbox, so that it can be read there. Only
addresses below .invalid, which RFC 2606 promises never to exist, are refused, so that refusals can be tried.
A mail is acknowledged only after Dovecot has stored it. Log-in and STARTTLS are offered and not required.
Started by scripts/services mail up; the password for log-in stands in the file named by SMTP_PASSWORD_FILE.
"""

import argparse
import asyncio
import hmac
import logging
import os
import re
import signal
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

DESK = "destek@ornek.test"
CUSTOMER = "musteri@ornek.test"
DESK_DOMAIN = "ornek.test"
TEST_DOMAIN = "kutu.test"
USERS = {DESK.encode(), CUSTOMER.encode()}

SIZE_BYTES_MAX = 32 * 1024 * 1024
LMTP_CONNECTIONS_MAX = 8
LMTP_SECONDS_MAX = 30

log = logging.getLogger("mail")


def mailbox(address: str) -> str:
    """The mailbox that receives an address; a +tag stays, Dovecot's recipient_delimiter reads it."""
    local, _, domain = address.lower().rpartition("@")
    name = local.split("+")[0]
    if domain == TEST_DOMAIN or f"{name}@{domain}" in (DESK, CUSTOMER):
        return f"{local}@{domain}"
    return DESK if domain == DESK_DOMAIN else CUSTOMER


class Lmtp:
    """One LMTP connection, kept open over many mails."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port):
        self = cls(*await asyncio.open_connection("127.0.0.1", port))
        await self.reply()
        self.writer.write(b"LHLO localhost\r\n")
        await self.reply()
        return self

    async def deliver(self, sender, recipient, data):
        """Delivers one mail to one mailbox and returns Dovecot's answer (code, text)."""
        self.writer.write(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\n".encode())
        answers = [await self.reply(), await self.reply()]
        for code, text in answers:
            if code >= 400:
                self.writer.write(b"RSET\r\n")
                await self.reply()
                return code, text
        self.writer.write(b"DATA\r\n")
        await self.reply()
        self.writer.write(data)
        await self.writer.drain()
        return await self.reply()

    async def reply(self):
        while True:
            line = await self.reader.readline()
            if not line.endswith(b"\n"):
                raise ConnectionError("Dovecot closed the LMTP connection")
            if line[3:4] != b"-":
                return int(line[:3]), line[4:].decode("utf-8", "replace").strip()


class Pool:
    """A bounded set of LMTP connections; an idle one that Dovecot has closed is replaced."""

    def __init__(self, port):
        self.port, self.idle, self.limit = port, [], asyncio.Semaphore(LMTP_CONNECTIONS_MAX)

    async def deliver(self, sender, recipient, data):
        async with self.limit:
            return await asyncio.wait_for(self.deliver_now(sender, recipient, data), LMTP_SECONDS_MAX)

    async def deliver_now(self, sender, recipient, data):
        connection = await self.connection()
        try:
            answer = await connection.deliver(sender, recipient, data)
        except BaseException:  # a cancelled delivery leaves the connection in the middle of a mail
            connection.writer.close()
            raise
        self.idle.append(connection)
        return answer

    async def connection(self):
        while self.idle:
            connection = self.idle.pop()
            if not connection.reader.at_eof():
                return connection
            connection.writer.close()
        return await Lmtp.connect(self.port)


class Handler:
    """What aiosmtpd calls for every mail."""

    def __init__(self, pool):
        self.pool = pool

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.lower().endswith(".invalid"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server, _session, envelope):
        body = re.sub(rb"(?m)^\.", b"..", envelope.original_content)
        if not body.endswith(b"\r\n"):
            body += b"\r\n"
        for address in envelope.rcpt_tos:
            head = f"X-Original-To: {address}\r\n".encode()
            refusal = await self.store(envelope.mail_from or "", mailbox(address), head + body + b".\r\n")
            if refusal:
                return refusal
        return "250 2.0.0 OK"

    async def store(self, sender, recipient, data):
        try:
            code, text = await self.pool.deliver(sender, recipient, data)
        except Exception as error:  # whatever went wrong, the sender may try again
            log.warning("LMTP failed: %s: %s", type(error).__name__, error)
            return "451 4.3.0 mailbox not reachable, try again"
        return None if code < 400 else f"{code} {text}"


def authenticator(password):
    def check(_server, _session, _envelope, _mechanism, data):
        known = isinstance(data, LoginPassword) and (data.login in USERS or data.login.endswith(b"@" + TEST_DOMAIN.encode()))
        return AuthResult(success=bool(known and hmac.compare_digest(data.password, password)), handled=False)

    return check


async def serve(options, password):
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(options.cert, options.key)
    handler, check = Handler(Pool(options.lmtp_port)), authenticator(password)
    loop = asyncio.get_running_loop()
    factory = lambda: SMTP(  # noqa: E731
        handler, hostname="localhost", ident="AsistTR private mail", tls_context=tls, authenticator=check,
        auth_require_tls=False, decode_data=False, data_size_limit=SIZE_BYTES_MAX, loop=loop,
    )
    server = await loop.create_server(factory, "127.0.0.1", options.port, backlog=1024)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("--port", "--lmtp-port"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--cert", "--key"):
        parser.add_argument(name, required=True)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with open(os.environ["SMTP_PASSWORD_FILE"], "rb") as file:
        password = file.read().strip()
    asyncio.run(serve(parser.parse_args(), password))


if __name__ == "__main__":
    main()
