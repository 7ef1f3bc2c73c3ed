"""A client that speaks the page's websocket: asks for a rerun, waits until the script has ended."""

import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from workbench.web.requests import SESSION_COOKIE

MESSAGE_BYTES_MAX = 64 * 1024**2


class PageClient:
    """One browser tab on one page, without the browser."""

    def __init__(self, address: str, token: str, page: str, query: str = "") -> None:
        self._url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
        self._token, self._page, self._query = token, page, query
        self._connection: ClientConnection | None = None
        self.bytes_received = 0
        self.elements = 0

    async def __aenter__(self) -> Self:
        self._connection = await connect(
            self._url,
            additional_headers={"Cookie": f"{SESSION_COOKIE}={self._token}"},
            subprotocols=["streamlit"],
            max_size=MESSAGE_BYTES_MAX,
            compression=None,
        )
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._connection is not None
        await self._connection.close()

    async def rerun(self) -> float:
        """Run the page once; returns the milliseconds until the server said it has finished."""
        assert self._connection is not None
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        began = time.perf_counter()
        await self._connection.send(message.SerializeToString())
        self.elements = 0
        while True:
            data = await self._connection.recv()
            assert isinstance(data, bytes)
            self.bytes_received += len(data)
            answer = ForwardMsg.FromString(data)
            if answer.WhichOneof("type") == "delta":
                self.elements += 1
            if answer.WhichOneof("type") == "script_finished":
                assert answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, answer
                return (time.perf_counter() - began) * 1000
