"""The word that a program shall end is heard by a main thread that waits for nothing else."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from sync.ending import Ending

PATIENCE_S = 30.0
PROGRAM = """
import threading, time
from sync.ending import Ending

ending, there = Ending(), threading.Event()
ending.hear_signals()

def sleep():
    print(threading.get_native_id(), flush=True)
    there.set()
    time.sleep(600)

threading.Thread(target=sleep, daemon=True).start()
there.wait()
ending.wait()
print("ended", flush=True)
"""


def test_it_holds_once_it_was_said_however_often() -> None:
    def say() -> None:
        for _ in range(10_000):
            ending.say()

    with closing(Ending()) as ending:
        thread = threading.Thread(target=say)
        thread.start()
        ending.wait()
        thread.join()
        ending.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one thread be told by its number")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_another_thread_is_given_ends_it_too(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        thread = int(program.stdout.readline())
        ctypes.CDLL(None).tgkill(program.pid, thread, number)
        watchdog = threading.Timer(PATIENCE_S, program.kill)
        watchdog.start()
        assert program.stdout.readline() == "ended\n"
        watchdog.cancel()
        assert program.wait(PATIENCE_S) == 0
