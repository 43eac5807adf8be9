"""The last minute of a sitting: nobody sits again because a disk or the agent had a bad moment."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.recording import seat
from agent.store.journal import DISK_FULL, DiskFull
from agent.trouble import Trouble
from tests.unit.agent.recording.test_session import Room, room

__all__ = ["room"]
STOPPED = Trouble("The agent is just starting.")


@pytest.mark.parametrize(("answer", "state"), [("again", "sealed"), ("stop", "abandoned")])
@pytest.mark.parametrize(("trouble", "asked"), [(STOPPED, "not_kept"), (DiskFull(DISK_FULL), "disk_full")])
def test_a_journal_that_takes_nothing_just_now_is_asked_again(
    room: Room, answer: str, state: str, trouble: Exception, asked: str
) -> None:
    room.clerk.answers[asked] = [answer]
    left, perform = [trouble], room.perform

    def failing(action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if action == "recording-about" and left:
            raise left.pop()
        return perform(action, args)

    room.perform = failing  # type: ignore[method-assign]
    assert room.record()["state"] == state
    assert room.states == [state]
    assert len(room.files) == (state == "sealed")


@pytest.mark.parametrize("trouble", [errno.EIO, errno.EACCES, errno.EROFS])
def test_a_disk_that_fails_for_a_moment_is_asked_again(
    room: Room, monkeypatch: pytest.MonkeyPatch, trouble: int
) -> None:
    left, really = [OSError(trouble, "no")], os.replace

    def replace(self: Path, target: Path) -> Path:
        if left:
            raise left.pop()
        really(self, target)
        return target

    monkeypatch.setattr(Path, "replace", replace)
    room.clerk.answers["not_kept"] = ["again"]
    assert room.record()["state"] == "sealed"
    assert (room.states, len(room.files)) == (["sealed"], 1)


def test_a_line_that_does_not_go_into_the_journal_is_written_by_whoever_starts_next(room: Room) -> None:
    perform = room.perform

    def failing(action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if action == "recording-sealed":
            raise STOPPED
        return perform(action, args)

    room.perform = failing  # type: ignore[method-assign]
    with pytest.raises(Trouble):
        room.record()
    assert (room.states, len(room.files)) == (["open"], 1)
    seat.at_start(room.home, room.config, room.journal, room.packets)
    assert (room.states, len(room.files)) == (["sealed"], 1)
