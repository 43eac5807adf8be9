"""The USB/IP server: TCP connections in front of one USB printer.

One asyncio loop owns everything. A connection asks for the list, or imports the printer and then carries its
URBs until either side goes. Being unplugged drops the connection and hides the printer; plugging it in again
brings it back fresh from a bus reset.
"""

import asyncio
import contextlib

from simulators.closing import stop_accepting
from simulators.usbip.device import TooMuchPending, UsbPrinter
from simulators.usbip.wire import (
    BUSID_BYTES,
    OP_HEADER_BYTES,
    URB_HEADER_BYTES,
    BadMessage,
    Op,
    OpStatus,
    Unlink,
    devlist_reply,
    import_reply,
    read_op,
    read_urb,
)


class Export:
    """One printer offered on one port. `address` is HOST:PORT as listened on."""

    def __init__(self, device: UsbPrinter) -> None:
        self._device = device
        self._plugged = True
        self._owner: asyncio.StreamWriter | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._server: asyncio.Server | None = None
        self._woken = False
        self.address = ""

    async def start(self, host: str, port: int) -> None:
        """Begins to listen; port 0 takes a free one."""
        self._device.watch(self._wake)
        self._server = await asyncio.start_server(self._serve, host, port)
        name = self._server.sockets[0].getsockname()
        self.address = f"{name[0]}:{name[1]}"

    async def close(self) -> None:
        """Stops listening and drops whoever is connected."""
        self._drop_owner()
        if self._server:
            await stop_accepting(self._server)
            self._server.close()
            for writer in self._open.values():
                writer.transport.abort()
            await asyncio.gather(*self._open)
            await self._server.wait_closed()

    def unplug(self) -> None:
        """The cable is out: the host's connection ends in the middle of whatever it did."""
        self._plugged = False
        self._drop_owner()

    def plug(self) -> None:
        """The cable is in again."""
        self._plugged = True

    def _drop_owner(self) -> None:
        if self._owner is not None:
            owner, self._owner = self._owner, None
            self._device.detach()
            owner.transport.abort()

    def _wake(self) -> None:
        """Something changed in the printer: pump once, later in this turn of the loop, however often it is
        said."""
        if not self._woken and self._owner is not None:
            self._woken = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._woken = False
        if self._owner is not None:
            self._device.pump()
            self._send(self._owner)

    def _send(self, writer: asyncio.StreamWriter) -> None:
        while self._device.finished:
            writer.write(self._device.finished.popleft())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"  # noqa: S101
        self._open[task] = writer
        try:
            await self._converse(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, BadMessage, TooMuchPending):
            pass  # the other side went, or speaks no USB/IP: the end of this connection, nothing more
        finally:
            if self._owner is writer:
                self._owner = None
                self._device.detach()
            del self._open[task]
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        op = read_op(await reader.readexactly(OP_HEADER_BYTES))
        if op is Op.DEVLIST:
            free = self._plugged and self._owner is None
            writer.write(devlist_reply([self._device.summary()] if free else []))
            await writer.drain()
            return
        busid = (await reader.readexactly(BUSID_BYTES)).split(b"\0")[0].decode("ascii", "replace")
        status = self._verdict(busid)
        writer.write(import_reply(status, self._device.summary()))
        if status is OpStatus.OK:
            self._owner = writer
            await self._carry(reader, writer)

    def _verdict(self, busid: str) -> OpStatus:
        if not self._plugged or busid != self._device.summary().busid:
            return OpStatus.NO_DEVICE
        return OpStatus.BUSY if self._owner is not None else OpStatus.OK

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """URBs until the connection ends. An OUT transfer's data is read whole before it is looked at."""
        while self._owner is writer:
            message = read_urb(await reader.readexactly(URB_HEADER_BYTES))
            if isinstance(message, Unlink):
                self._device.unlink(message)
            else:
                if not message.inward:
                    message.data = await reader.readexactly(message.length)
                if self._owner is not writer:
                    return
                self._device.submit(message)
            self._send(writer)
            await writer.drain()


async def serve(device: UsbPrinter, host: str, port: int) -> Export:
    """Offers `device` at once; the caller keeps the `Export` and closes it."""
    export = Export(device)
    await export.start(host, port)
    return export
