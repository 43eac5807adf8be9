"""What goes to the centre and what comes back: sealed, told once, and never lost for not following."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

from domain import packing
from domain.keys import OpenKey, order_bytes
from hub import ingest, order_log
from hub.database import Database
from hub.home import Home
from hub.recordings import book, export, heads
from hub.recordings.book import Answer
from tests.unit.domain.recorded import ID, NAME, NIK, somebody, without
from tests.unit.hub.test_recordings import STATION, home, joined, kept, other, small, writer

__all__ = ["home", "joined", "small"]


def told(db: Database) -> list[str]:
    return [str(line.body["status"]) for line in order_log.log_after(db, STATION.name, 0, 99)]


def test_the_centre_s_answers_are_taken_once_and_told_to_the_station(joined: Database, home: Home) -> None:
    kept(joined, home, somebody())
    answers = [Answer(ID, "SENT_FOR_ENROLLMENT"), Answer(ID, "PRINT_READY_RECORD", "2020-05-20")]
    assert book.take(joined, answers, writer(home)).to_json() == {
        "new": 2,
        "known": 0,
        "odd": [],
        "refused": [],
    }
    assert book.take(joined, answers, writer(home)).new == 0
    again = [Answer(ID, "PRINT_READY_RECORD", "2020-05-21"), Answer(ID, "SENT_FOR_ENROLLMENT")]
    assert book.take(joined, again, writer(home)).to_json() == {
        "new": 0,
        "known": 2,
        "odd": [],
        "refused": [],
    }
    assert told(joined) == ["SENT_FOR_ENROLLMENT", "PRINT_READY_RECORD"]
    (line, _) = order_log.log_after(joined, STATION.name, 0, 99)
    assert (line.event, line.subject) == ("recording_status", ID)
    signature = b64decode(line.body["signature"])
    assert home.keys().sign.public().verify(signature, order_bytes(STATION.name, ID, dict(line.body)))
    station = ingest.station(joined, STATION.name)
    assert station is not None and station.order_head == 2


def test_what_the_receipt_told_already_is_known(small: Database, home: Home) -> None:
    kept(small, home, somebody())
    done = book.take(small, [Answer(ID, "PROCESSING", "2020-05-20")], writer(home))
    assert (done.new, done.known, done.odd, told(small)) == (0, 1, [], [])


def test_an_answer_that_does_not_follow_is_kept_and_flagged(joined: Database, home: Home) -> None:
    kept(joined, home, somebody())
    answers = [Answer(ID, "CARD_ISSUED"), Answer(ID, "DUPLICATE_RECORD", "", 3)]
    done = book.take(joined, answers, writer(home))
    assert (done.new, done.odd) == (2, [{"recording": ID, "status": "DUPLICATE_RECORD", "line": 3}])
    assert book.every(joined)[0].flags == ("outreach", "STATUS_MOVE")
    assert [(each["status"], each["odd"]) for each in book.answers(joined, ID)] == [
        ("CARD_ISSUED", False), ("DUPLICATE_RECORD", True),
    ]  # fmt: skip
    assert told(joined) == ["CARD_ISSUED", "DUPLICATE_RECORD"]


def test_what_the_centre_cannot_have_meant_is_refused_without_repeating_a_nik(
    small: Database, home: Home
) -> None:
    kept(small, home, somebody())
    answers = [
        Answer(NIK, "PRINT_READY_RECORD", "", 2),
        Answer("R-9", "PRINT_READY_RECORD"),
        Answer(ID, "READY"),
    ]
    done = book.take(small, answers, writer(home))
    assert [each["word"] for each in done.refused] == [
        "UNKNOWN_RECORDING",
        "UNKNOWN_RECORDING",
        "UNKNOWN_STATUS",
    ]
    assert NIK not in json.dumps(done.to_json()) and book.every(small)[0].status == "PROCESSING"


def test_a_forked_station_is_told_nothing_and_the_answer_is_kept(small: Database, home: Home) -> None:
    kept(small, home, somebody())
    ingest.forked(small, STATION.name)
    assert book.take(small, [Answer(ID, "PRINT_READY_RECORD")], writer(home)).new == 1
    assert told(small) == [] and book.every(small)[0].status == "PRINT_READY_RECORD"


def test_what_goes_to_the_centre_opens_with_the_centre_s_key_alone(
    small: Database, home: Home, tmp_path: Path
) -> None:
    centre, out = OpenKey.generate(), tmp_path / "out"
    for number in (1, 2):
        kept(small, home, other(number))
    kept(small, home, other(3, flags=("rehearsal",)))
    done = export.export(small, home, out, centre.public(), writer(home))
    assert sorted(path.name for path in out.iterdir()) == [
        "R-64.11-1-000001.pkt",
        "R-64.11-1-000002.pkt",
        "index.csv",
    ]
    data = (out / done[0]["file"]).read_bytes()
    packed = centre.open(data, export.centre_info(done[0]["recording"]))
    assert packing.unpack(packed, STATION.sign.public().verify).biodata["nik"] == NIK
    assert NIK.encode() not in data and NAME not in (out / "index.csv").read_text()
    assert [each.status for each in book.every(small)] == ["SENT_FOR_ENROLLMENT"] * 2 + ["PROCESSING"]
    assert told(small) == ["SENT_FOR_ENROLLMENT"] * 2
    assert export.export(small, home, out, centre.public(), writer(home)) == []
    assert len(export.export(small, home, out, None, writer(home), [other(1).id])) == 1
    assert packing.unpack((out / "R-64.11-1-000001.zip").read_bytes(), STATION.sign.public().verify)
    assert len(told(small)) == 2


def test_heads_show_sizes_and_scores_and_no_person(small: Database, home: Home) -> None:
    kept(small, home, without(somebody(), "Left Thumb"))
    shown = heads.show(small, home, book.every(small)[0])
    thumb = shown["parts"][0]
    assert (thumb["part"], thumb["dpi"], thumb["stored"], thumb["quality"]) == (
        "Right Thumb",
        500.0,
        "jp2_lossless",
        71.5,
    )
    assert shown["missing"] == [{"part": "Left Thumb", "permanent": True}]
    assert thumb["captured_at"].startswith("2020-05-12T08:23:45")
    assert NIK not in json.dumps(shown) and NAME not in json.dumps(shown)
