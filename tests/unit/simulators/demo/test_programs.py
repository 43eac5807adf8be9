"""Starting, killing and asking processes; each wait ends with a sentence about who was waited for."""

import asyncio
import sys
from pathlib import Path

import pytest

from simulators.demo.programs import Program, Stuck, Terminal, environment, script

ECHO = """
import json, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps({"heard": json.loads(line)}), flush=True)
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_program_is_ready_answers_its_back_door_and_dies_when_killed(tmp_path: Path) -> None:
    async def story() -> list[bool]:
        program = Program("the echo", python(ECHO), tmp_path / "log")
        ran = [program.running]
        await program.start()
        assert program.ready == {"ready": True}
        assert await program.hand({"look": True}) == {"heard": {"look": True}}
        for act in (program.kill, program.start, program.stop):
            ran.append(program.running)
            await act()
        return [*ran, program.running]

    assert asyncio.run(story()) == [False, True, False, True, False]


def test_a_program_that_does_not_start_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        code = "import sys; sys.exit('no such printer')"
        await Program("the printer of 64.11-1", python(code), tmp_path / "log").start()

    with pytest.raises(Stuck, match=r"the printer of 64\.11-1 did not become ready: no such printer"):
        asyncio.run(story())


def test_a_back_door_that_is_shut_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        program = Program("the printer", python("print('{}')"), tmp_path / "log")
        await program.start()
        try:
            await program.hand({"look": True})
        finally:
            await program.stop()

    with pytest.raises(Stuck, match="the printer does not answer to look"):
        asyncio.run(story())


def test_a_command_that_fails_is_told_unless_it_may() -> None:
    async def story(may_fail: bool) -> int:
        answer = await Terminal(1).run(*python("import sys; sys.exit('feeder empty')"), may_fail=may_fail)
        return answer.code

    assert asyncio.run(story(may_fail=True)) == 1
    with pytest.raises(Stuck, match="ended with 1: feeder empty"):
        asyncio.run(story(may_fail=False))


def test_documents_and_lines_are_read() -> None:
    async def story() -> None:
        terminal = Terminal(2)
        one = await terminal.run(*python("print('{\"a\": 1}')"))
        assert (one.json(), one.lines()) == ({"a": 1}, [{"a": 1}])
        assert (await terminal.run(*python("print('hello')"))).json() is None

    asyncio.run(story())


def test_no_setting_of_ours_reaches_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_HOME", "/elsewhere")
    monkeypatch.setenv("LOKET_HUB_HOME", "/elsewhere")
    assert not [name for name in environment() if name.startswith("LOKET")]


def test_our_scripts_are_found_beside_the_interpreter() -> None:
    assert Path(script("loket")).parent == Path(sys.executable).parent
    with pytest.raises(Stuck, match="not installed"):
        script("loket-nowhere")
