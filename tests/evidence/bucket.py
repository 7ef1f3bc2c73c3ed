"""A real S3 endpoint on this machine: network, protocol and driver are those of an operator."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import pytest
from moto.server import ThreadedMotoServer

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests"}
REGION = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A running endpoint."""

    server: ThreadedMotoServer
    url: str

    def new_bucket(self) -> str:
        """The URL of an empty place in a bucket of its own."""
        name = f"evidence-{uuid.uuid4().hex}"
        client = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )
        client.create_bucket(Bucket=name)
        return f"s3://{name}/images"


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Serve on a free port of this machine until the block ends."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    try:
        yield Endpoint(server=server, url=f"http://127.0.0.1:{port}")
    finally:
        server.stop()


def settle_on(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment as an operator sets it."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
