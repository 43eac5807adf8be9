"""The province's page: what it shows, to whom, and that it only shows."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub import ingest
from hub.database import Database, DatabaseLost, DatabaseTrouble, open_database
from hub.web import app
from hub.web.page import fingerprint, look
from hub.web.server import WebThread
from tests.left_open import nothing_left_open
from tests.unit.hub.provinces import NOON_MS, busy
from tests.unit.hub.stations import MINUTE_MS, FakeStation, consignment

WAIT_S = 20


@pytest.fixture
def web(db: Database, url: str, tmp_path: Path) -> Iterator[http.client.HTTPConnection]:
    busy(db, tmp_path / "lists")
    server = WebThread(app.build(lambda: open_database(url), lambda: NOON_MS), "127.0.0.1", 0)
    address = server.start().removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=WAIT_S)
    yield connection
    connection.close()
    server.stop()


def get(web: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    web.request(method, path, headers=headers)
    answer = web.getresponse()
    return answer.status, answer.read().decode()


def test_the_page_counts_what_is_held(db: Database, tmp_path: Path) -> None:
    busy(db, tmp_path)
    page = look(db, NOON_MS)
    by_code = {regency.code: regency for regency in page.regencies}
    assert len(page.regencies) == 10
    assert (page.printed, page.level) == (sum(r.printed for r in page.regencies), "now")
    assert by_code["64.01"].printed == 3
    assert by_code["64.01"].waiting == 5
    assert by_code["64.01"].blanks == 27
    assert by_code["64.07"].stations == []
    assert by_code["64.11"].unsent == 214
    assert [station.remark for station in by_code["64.74"].stations] == ["", "belum bergabung"]
    assert by_code["64.71"].attention[0] == ("now", "1 blangko tidak cocok")
    assert ("look", "1 kartu belum pasti") in by_code["64.02"].attention
    assert ("look", "printer 64.08-1: pita habis") in by_code["64.08"].attention


def test_an_office_without_a_line_is_no_alarm_until_a_day_has_passed(db: Database) -> None:
    FakeStation().join(db).write(consignment("A")).send(db)
    soon, late = look(db, NOON_MS + 10 * 60 * MINUTE_MS), look(db, NOON_MS + 72 * 60 * MINUTE_MS)
    assert (soon.level, late.level) == ("good", "look")
    assert [soon.regencies[6].stations[0].level, late.regencies[6].stations[0].level] == ["quiet", "look"]
    assert late.headline == "1 kantor perlu perhatian"


def test_an_empty_province_says_what_to_do(db: Database) -> None:
    assert "join-code" in look(db, NOON_MS).advice


def test_the_fingerprint_changes_with_what_is_held(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A"))
    before = fingerprint(db)
    assert fingerprint(db) == before
    station.send(db)
    assert fingerprint(db) != before


def test_the_page_is_whole_without_a_line_of_javascript(web: http.client.HTTPConnection) -> None:
    status, text = get(web, "/")
    assert status == 200
    for word in ("Mahakam Ulu", "64.71-2", "214", "blangko tidak cocok", "belum bergabung", "<noscript>"):
        assert word in text
    assert "http-equiv" in text
    assert get(web, "/parts")[1] in text.replace("\r", "")


@pytest.mark.attack
def test_nothing_but_looking_is_answered(web: http.client.HTTPConnection) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        assert get(web, "/", method)[0] == 405
    assert get(web, "/", "HEAD")[0] == 200


@pytest.mark.attack
def test_a_foreign_name_for_this_machine_is_not_answered(web: http.client.HTTPConnection) -> None:
    for name in ("evil.example", "127.0.0.1.evil.example", "localhost.evil", "", "[::1].evil"):
        assert get(web, "/", Host=name)[0] in (400, 421), name
    assert get(web, "/", Host="LOCALHOST:80")[0] == 200


@pytest.mark.attack
def test_every_answer_forbids_what_the_page_does_not_need(web: http.client.HTTPConnection) -> None:
    for path in ("/", "/static/province.css", "/nothing", "/static/../app.py"):
        web.request("GET", path)
        answer = web.getresponse()
        answer.read()
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
        assert answer.status == (404 if path in ("/nothing", "/static/../app.py") else 200)


@pytest.mark.attack
def test_what_a_station_writes_is_text_on_the_page(web: http.client.HTTPConnection, db: Database) -> None:
    station = FakeStation("64.03-2").join(db)
    station.write(("printer_state", "S", {"state": "error", "cause": "<script>alert(1)</script>"})).send(db)
    from hub.projections import Folder

    Folder(db).catch_up()
    _, text = get(web, "/")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_listeners_are_told_of_a_change(web: http.client.HTTPConnection, db: Database) -> None:
    web.request("GET", "/changes")
    answer = web.getresponse()
    assert answer.headers["content-type"].startswith("text/event-stream")
    heard = b""
    while heard.count(b"event: changed") < 1:
        heard += answer.readline()
    ingest.invite(db, "64.07-1", "64.07", b"t")
    while heard.count(b"event: changed") < 2:
        heard += answer.readline()
    answer.close()


@pytest.mark.parametrize("trouble", [DatabaseLost("away"), DatabaseTrouble("full")])
def test_a_database_that_is_away_is_said_and_asked_again(db: Database, url: str, trouble: Exception) -> None:
    away = [True]

    def opened() -> Database:
        if away[0]:
            raise trouble
        return open_database(url)

    server = WebThread(app.build(opened, lambda: NOON_MS), "127.0.0.1", 0)
    web = http.client.HTTPConnection(server.start().removeprefix("http://"), timeout=WAIT_S)
    assert get(web, "/")[0] == 503
    away[0] = False
    assert get(web, "/")[0] == 200
    web.close()
    server.stop()


def test_whoever_comes_in_at_the_last_moment_is_closed_too(db: Database, url: str) -> None:
    with nothing_left_open():
        server = WebThread(app.build(lambda: open_database(url), lambda: NOON_MS), "127.0.0.1", 0)
        host, _, port = server.start().removeprefix("http://").partition(":")
        late = [socket.create_connection((host, int(port))) for _ in range(5)]
        server.stop()
        for each in late:
            each.close()
        del server
