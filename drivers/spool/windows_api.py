"""Windows itself: winspool.drv and gdi32 through ctypes. Source: PROTOCOL.md §5. Untried.

Only structures and calls; every rule is in ``windows``. A failing call becomes Windows' own OSError.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import POINTER, Structure, byref, c_int, c_uint16, c_uint32, c_void_p, c_wchar_p
from typing import Any

from drivers.spool.windows import JobFacts, PrinterFacts

JOB_CONTROL_DELETE = 5
HORZRES, VERTRES = 8, 10
SRCCOPY, DIB_RGB_COLORS, HALFTONE = 0x00CC0020, 0, 4
GDI_ERROR = -1
JOBS_MAX = 1000


class PrinterInfo2(Structure):
    """PRINTER_INFO_2W."""

    _fields_ = (
        ("server", c_wchar_p), ("printer", c_wchar_p), ("share", c_wchar_p), ("port", c_wchar_p),
        ("driver", c_wchar_p), ("comment", c_wchar_p), ("location", c_wchar_p), ("devmode", c_void_p),
        ("separator", c_wchar_p), ("processor", c_wchar_p), ("datatype", c_wchar_p), ("options", c_wchar_p),
        ("security", c_void_p), ("attributes", c_uint32), ("priority", c_uint32), ("usual", c_uint32),
        ("start", c_uint32), ("until", c_uint32), ("status", c_uint32), ("jobs", c_uint32),
        ("pace", c_uint32),
    )  # fmt: skip


class JobInfo1(Structure):
    """JOB_INFO_1W; the time of submission is eight words."""

    _fields_ = (
        ("number", c_uint32), ("printer", c_wchar_p), ("machine", c_wchar_p), ("user", c_wchar_p),
        ("document", c_wchar_p), ("datatype", c_wchar_p), ("status_text", c_wchar_p), ("status", c_uint32),
        ("priority", c_uint32), ("position", c_uint32), ("pages", c_uint32), ("printed", c_uint32),
        ("submitted", c_uint16 * 8),
    )  # fmt: skip


class DocInfo(Structure):
    """DOCINFOW."""

    _fields_ = (
        ("size", c_int), ("name", c_wchar_p), ("output", c_wchar_p), ("datatype", c_wchar_p),
        ("type", c_uint32),
    )  # fmt: skip


class BitmapInfo(Structure):
    """BITMAPINFOHEADER."""

    _fields_ = (
        ("size", c_uint32), ("width", c_int), ("height", c_int), ("planes", c_uint16), ("bits", c_uint16),
        ("compression", c_uint32), ("image_bytes", c_uint32), ("x_per_metre", c_int), ("y_per_metre", c_int),
        ("used", c_uint32), ("important", c_uint32),
    )  # fmt: skip


if sys.platform == "win32":

    class SystemSpooler:
        """drivers.spool.windows.Spooler on this machine."""

        def __init__(self) -> None:
            self._spool = _typed(ctypes.WinDLL("winspool.drv", use_last_error=True), _SPOOL_CALLS)
            self._gdi = _typed(ctypes.WinDLL("gdi32", use_last_error=True), _GDI_CALLS)
            self._page: int | None = None  # the device context of a document that is not ended

        def printer(self, queue: str) -> PrinterFacts:
            """OpenPrinter and GetPrinter."""
            handle, needed = self._open(queue), c_uint32()
            try:
                self._spool.GetPrinterW(handle, 2, None, 0, byref(needed))
                room = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(PrinterInfo2)))
                _hold(self._spool.GetPrinterW(handle, 2, room, len(room), byref(needed)))
            finally:
                self._spool.ClosePrinter(handle)
            told = PrinterInfo2.from_buffer(room)
            return PrinterFacts(told.status, told.attributes, told.driver or "", told.port or "")

        def jobs(self, queue: str) -> tuple[JobFacts, ...]:
            """EnumJobs."""
            handle, needed, count = self._open(queue), c_uint32(), c_uint32()
            try:
                self._spool.EnumJobsW(handle, 0, JOBS_MAX, 1, None, 0, byref(needed), byref(count))
                room = ctypes.create_string_buffer(max(needed.value, 1))
                size = needed.value
                _hold(self._spool.EnumJobsW(handle, 0, JOBS_MAX, 1, room, size, byref(needed), byref(count)))
            finally:
                self._spool.ClosePrinter(handle)
            told = (JobInfo1 * count.value).from_buffer(room) if count.value else ()
            return tuple(JobFacts(job.number, job.document or "", job.status) for job in told)

        def delete(self, queue: str, number: int) -> None:
            """SetJob with JOB_CONTROL_DELETE."""
            handle = self._open(queue)
            try:
                _hold(self._spool.SetJobW(handle, number, 0, None, JOB_CONTROL_DELETE))
            finally:
                self._spool.ClosePrinter(handle)

        def start(self, queue: str, name: str) -> int:
            """CreateDC and StartDoc; the job's number."""
            self.abort()
            self._page = _hold(self._gdi.CreateDCW("WINSPOOL", queue, None, None))
            document = DocInfo(ctypes.sizeof(DocInfo), name, None, None, 0)
            number = self._gdi.StartDocW(self._page, byref(document))
            if number <= 0:
                error = ctypes.WinError(ctypes.get_last_error())
                self.abort()
                raise error
            return int(number)

        def page(self, bgr: bytes, width: int, height: int) -> None:
            """StartPage, the picture over the whole page, EndPage."""
            across, along = (self._gdi.GetDeviceCaps(self._page, what) for what in (HORZRES, VERTRES))
            head = BitmapInfo(ctypes.sizeof(BitmapInfo), width, height, 1, 24, 0, len(bgr), 0, 0, 0, 0)
            _hold(self._gdi.StartPage(self._page) > 0)
            self._gdi.SetStretchBltMode(self._page, HALFTONE)
            to = (0, 0, across, along, 0, 0, width, height)
            drawn = self._gdi.StretchDIBits(self._page, *to, bgr, byref(head), DIB_RGB_COLORS, SRCCOPY)
            _hold(drawn not in (0, GDI_ERROR))
            _hold(self._gdi.EndPage(self._page) > 0)

        def end(self) -> None:
            """EndDoc."""
            _hold(self._gdi.EndDoc(self._page) > 0)
            self._gdi.DeleteDC(self._page)
            self._page = None

        def abort(self) -> None:
            """AbortDoc."""
            if self._page is not None:
                self._gdi.AbortDoc(self._page)
                self._gdi.DeleteDC(self._page)
                self._page = None

        def _open(self, queue: str) -> c_void_p:
            handle = c_void_p()
            _hold(self._spool.OpenPrinterW(queue, byref(handle), None))
            return handle

    def _hold(result: Any) -> Any:
        """What a call returned; OSError with Windows' own number if that means failure."""
        if not result:
            raise ctypes.WinError(ctypes.get_last_error())
        return result

    def _typed(library: ctypes.WinDLL, calls: dict[str, tuple[Any, list[Any]]]) -> ctypes.WinDLL:
        """The library with its calls' types told, so that a handle is not cut to 32 bits."""
        for name, (returns, takes) in calls.items():
            call = library[name]
            call.restype, call.argtypes = returns, takes
            setattr(library, name, call)
        return library


_SPOOL_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "OpenPrinterW": (c_int, [c_wchar_p, POINTER(c_void_p), c_void_p]),
    "ClosePrinter": (c_int, [c_void_p]),
    "GetPrinterW": (c_int, [c_void_p, c_uint32, c_void_p, c_uint32, POINTER(c_uint32)]),
    "EnumJobsW": (
        c_int,
        [c_void_p, c_uint32, c_uint32, c_uint32, c_void_p, c_uint32, POINTER(c_uint32), POINTER(c_uint32)],
    ),
    "SetJobW": (c_int, [c_void_p, c_uint32, c_uint32, c_void_p, c_uint32]),
}
_GDI_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "CreateDCW": (c_void_p, [c_wchar_p, c_wchar_p, c_wchar_p, c_void_p]),
    "DeleteDC": (c_int, [c_void_p]),
    "StartDocW": (c_int, [c_void_p, POINTER(DocInfo)]),
    "StartPage": (c_int, [c_void_p]),
    "EndPage": (c_int, [c_void_p]),
    "EndDoc": (c_int, [c_void_p]),
    "AbortDoc": (c_int, [c_void_p]),
    "GetDeviceCaps": (c_int, [c_void_p, c_int]),
    "SetStretchBltMode": (c_int, [c_void_p, c_int]),
    "StretchDIBits": (
        c_int,
        [c_void_p, *[c_int] * 8, c_void_p, POINTER(BitmapInfo), c_uint32, c_uint32],
    ),
}
