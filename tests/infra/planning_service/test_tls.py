"""A planning service that cannot prove who it is gets neither a token nor a question."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consumers.planning_service import PlanningServiceAway
from infra.clock import SystemClock
from tests.infra.planning_service.test_client import CORRELATION
from tests.support.planning_client import client_of
from tests.support.planning_server import FaultyPlanningServer


def own_certificate(folder: Path) -> Path:
    """For localhost, signed by nobody else; with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "own.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@contextmanager
def impostor(certificate: Path, heard: list[bytes]) -> Iterator[str]:
    """Its URL; ``heard`` gets what clients say once the connection is encrypted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:  # closed: the test is over
                return
            with closing(connection):
                try:
                    with context.wrap_socket(connection, server_side=True) as encrypted:
                        heard.append(encrypted.recv(65536))
                except OSError:  # the client did not like the certificate
                    continue

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        yield f"https://localhost:{listening.getsockname()[1]}"
    finally:
        # Closing alone would leave the thread in accept().
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def test_an_unknown_certificate_is_not_trusted(tmp_path: Path, server: FaultyPlanningServer) -> None:
    heard: list[bytes] = []
    with (
        impostor(own_certificate(tmp_path), heard) as url,
        closing(client_of(server, url=url)) as client,
        pytest.raises(PlanningServiceAway, match="certificate"),
    ):
        client.current_phase("17", CORRELATION)
    assert heard == [b""] * len(heard), "it told the impostor something"
