"""The ledger: every blank is in one place, and a difference is a list of names."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain import events
from domain.accounts import HELD, MOVES
from domain.ledger import Ledger, Place, Row

Event = tuple[str, str, dict[str, Any]]


def received(count: int, names: list[str] | None = None, kind: str = "ktp") -> Event:
    return "blanks_received", "C1", {"kind": kind, "names": names, "count": count}


def on(event: str, blank: str | None, kind: str = "ktp") -> Event:
    return event, "job", {"kind": kind, "blank": blank}


def balanced(account: dict[str, Any]) -> bool:
    spent = sum(account[name] for name in ("used", "spoiled", "lost", "sent"))
    return bool(account["opening"] + account["received"] - spent == account["on_hand"])


def test_a_count_gets_its_names_at_first_read() -> None:
    ledger = Ledger().post_all([received(3), on("staged", "A"), on("printed", "A"), on("staged", "B")])
    account = ledger.account("ktp")
    assert (account["received"], account["used"], account["on_hand"], account["unnamed"]) == (3, 1, 2, 1)
    assert ledger.place("B") is Place.IN_JOB
    assert account["unaccounted"] == [] and balanced(account)


def test_a_blank_nobody_received_is_named_and_not_counted() -> None:
    ledger = Ledger().post_all([received(1, ["A"]), on("staged", "X"), on("printed", "X")])
    account = ledger.account("ktp")
    assert account["unaccounted"] == ["X"]
    assert (account["used"], account["on_hand"]) == (0, 1) and balanced(account)
    assert not ledger.expects("X", "ktp")


def test_a_manifest_that_comes_after_the_first_reading_clears_the_name() -> None:
    ledger = Ledger().post_all([on("staged", "X"), received(1, ["X"])])
    assert ledger.account("ktp")["unaccounted"] == [] and balanced(ledger.account("ktp"))


def test_a_blank_used_twice_is_named() -> None:
    for second in ("printed", "untouched", "staged"):
        ledger = Ledger().post_all([received(1, ["A"]), on("printed", "A"), on(second, "A")])
        assert ledger.account("ktp")["unaccounted"] == ["A"], second


def test_an_unsure_blank_is_on_hand_until_it_is_settled() -> None:
    ledger = Ledger().post_all([received(1), on("staged", "A"), on("unsure", "A")])
    assert (ledger.account("ktp")["on_hand"], ledger.account("ktp")["unsure"]) == (1, 1)
    ledger.post(*on("untouched", "A"))
    assert ledger.expects("A", "ktp") and ledger.account("ktp")["unsure"] == 0


def test_an_unsure_job_without_a_named_blank_moves_nothing() -> None:
    before = Ledger().post_all([received(2)]).account("ktp")
    assert Ledger().post_all([received(2), on("unsure", None)]).account("ktp") == before


def test_kinds_are_apart() -> None:
    ledger = Ledger().post_all(
        [received(2), received(5, kind="kia"), on("staged", "K", "kia"), on("lost", "K", "kia")]
    )
    assert (
        ledger.account("ktp")["on_hand"],
        ledger.account("kia")["on_hand"],
        ledger.account("kia")["lost"],
    ) == (2, 4, 1)
    assert not Ledger().post_all([received(1, ["A"])]).expects("A", "kia")


def sent(to: str, names: list[str] | None, count: int = 0) -> Event:
    return "blanks_sent", "T1", {"kind": "ktp", "names": names, "count": count or len(names or ()), "to": to}


def of(event: str, name: str, kind: str = "ktp", **more: Any) -> Event:
    return (
        event,
        name,
        {"kind": kind, "reason": "x", "why": "worn", "by": "a", "second": "b", "job": None, **more},
    )


def burnt(*names: str, kind: str = "ktp") -> Event:
    return "blanks_destroyed", "BA-1", {"kind": kind, "names": list(names), "witnesses": ["a", "b"]}


def figures(*told: Event, kind: str = "ktp") -> dict[str, Any]:
    account = Ledger().post_all(told).account(kind)
    assert balanced(account)
    return account


def test_a_card_found_bad_is_spoiled_and_stays_so_in_the_fire() -> None:
    told = [received(2, ["A", "B"]), on("printed", "A"), on("spoiled", "A")]
    account = figures(*told)
    assert (account["used"], account["spoiled"], account["unaccounted"]) == (0, 1, [])
    account = figures(*told, burnt("A"))
    assert (account["spoiled"], account["destroyed"], account["on_hand"]) == (1, 1, 1)


def test_a_card_given_out_stays_used_and_so_does_one_that_came_back() -> None:
    told = [
        received(1, ["A"]),
        *(on(event, "A") for event in ("printed", "verified", "ready", "handed_over")),
    ]
    assert (figures(*told)["used"], figures(*told)["unaccounted"]) == (1, [])
    account = figures(*told, of("card_voided", "A"), burnt("A"))
    assert (account["used"], account["destroyed"], account["unaccounted"]) == (1, 1, [])


def test_an_old_card_of_other_books_is_no_blank_of_ours_until_somebody_prints_on_it() -> None:
    account = figures(of("card_voided", "X"), burnt("X"))
    assert (account["received"], account["destroyed"], account["unaccounted"]) == (0, 1, [])
    assert figures(of("card_voided", "X"), on("printed", "X"))["unaccounted"] == ["X"]
    assert figures(of("card_voided", "X"), received(1, ["X"]))["unaccounted"] == ["X"]


def test_a_blank_sent_on_that_comes_back_as_a_card_is_no_longer_ours_to_count() -> None:
    account = figures(received(1, ["A"]), sent("province", ["A"]), of("card_voided", "A"), burnt("A"))
    assert (account["sent"], account["used"], account["destroyed"], account["unaccounted"]) == (1, 0, 1, [])


def test_what_was_sent_and_came_back_is_received_twice_and_sent_once() -> None:
    account = figures(received(2, ["A", "B"]), sent("province", ["A"]), received(1, ["A"]))
    assert (account["received"], account["sent"], account["on_hand"], account["unaccounted"]) == (3, 1, 2, [])


def test_a_returned_card_is_told_among_the_used_ones() -> None:
    account = figures(received(1, ["A"]), on("printed", "A"), on("withheld", "A"), on("returned", "A"))
    assert (account["used"], account["returned"]) == (1, 1)


def test_blanks_without_a_name_can_be_sent_and_lost_by_number() -> None:
    account = figures(received(9), sent("64.02-1", None, 4), of("blank_lost", "BA-2", count=2))
    assert (account["sent"], account["lost"], account["unnamed"], account["on_hand"]) == (4, 2, 3, 3)


def test_more_than_there_is_cannot_leave() -> None:
    account = figures(received(2), sent("64.02-1", None, 5))
    assert (account["sent"], account["on_hand"], account["unaccounted"]) == (2, 0, ["T1"])
    assert figures(received(1), of("blank_lost", "BA-2", count=2))["unaccounted"] == ["BA-2"]
    assert figures(received(1), of("blank_lost", "BA-2", count=1))["unaccounted"] == []


def test_what_nobody_received_cannot_be_sent_on_until_its_manifest_comes() -> None:
    read = [on("untouched", "X"), sent("province", ["X"])]
    assert (figures(*read)["unaccounted"], figures(*read)["sent"]) == (["X"], 0)
    account = figures(*read, received(1, ["X"]))
    assert (account["received"], account["sent"], account["on_hand"]) == (1, 0, 1)
    account = figures(sent("province", ["X"]), received(1, ["X"]))
    assert (account["received"], account["sent"], account["on_hand"]) == (1, 1, 0)


def test_a_lost_blank_that_was_found_is_spoiled_and_no_longer_lost() -> None:
    told = [received(1, ["A"]), of("blank_lost", "A")]
    assert figures(*told)["lost"] == 1
    account = figures(*told, of("blank_rejected", "A"))
    assert (account["lost"], account["spoiled"], account["unaccounted"]) == (0, 1, [])


def test_a_blank_of_the_other_kind_is_named() -> None:
    assert figures(received(1, ["A"]), on("staged", "A", "kia"))["unaccounted"] == ["A"]


def test_each_illegal_way_names_the_blank_and_leaves_it_where_it_was() -> None:
    """Every event after every other, but those that the table of moves allows."""
    ways = {
        Place.STOCK: [received(1, ["A"])],
        Place.IN_JOB: [received(1, ["A"]), on("staged", "A")],
        Place.UNSURE: [received(1, ["A"]), on("unsure", "A")],
        Place.CARD: [received(1, ["A"]), on("printed", "A")],
        Place.SPOILED: [received(1, ["A"]), on("spoiled", "A")],
        Place.LOST: [received(1, ["A"]), on("lost", "A")],
        Place.VOID: [received(1, ["A"]), on("printed", "A"), of("card_voided", "A")],
        Place.CITIZEN: [received(1, ["A"]), on("printed", "A"), on("handed_over", "A")],
        Place.RETURNED: [received(1, ["A"]), on("printed", "A"), on("returned", "A")],
        Place.FIRE: [received(1, ["A"]), on("spoiled", "A"), burnt("A")],
        Place.TRANSIT: [received(1, ["A"]), sent("province", ["A"])],
    }
    for place, told in ways.items():
        for event, move in MOVES.items():
            subject, body = _told_of(event)
            ledger = Ledger().post_all(told)
            assert (ledger.place("A"), ledger.unaccounted("ktp")) == (place, [])
            (row,) = ledger.post(event, subject, body)
            legal = place in move.after
            assert ledger.place("A") is (move.to if legal else place), (place, event)
            assert ledger.unaccounted("ktp") == ([] if legal else ["A"]), (place, event)
            assert (row.debit == "unknown") == (not legal)


def _told_of(event: str) -> tuple[str, dict[str, Any]]:
    """``event`` told of the blank A."""
    body = {"kind": "ktp", "blank": "A", "names": ["A"], "count": 1, "to": "province"}
    if event == "blank_lost":
        body.pop("count")
    return ("A" if event in ("blank_rejected", "blank_lost", "card_voided") else "S"), body


def test_every_event_that_names_a_blank_is_in_the_table_of_moves() -> None:
    telling = {event for event, fields in events.JOURNAL.items() if fields & {"blank", "names"}}
    assert telling <= set(MOVES)
    assert set(MOVES) - set(events.JOURNAL) == {"blanks_collected"}


EVENTS = st.one_of(
    st.builds(lambda names: sent("province", sorted(names)), st.sets(st.sampled_from("ABCDEF"), max_size=3)),
    st.builds(lambda count: sent("64.02-1", None, count), st.integers(1, 4)),
    st.builds(
        of, st.sampled_from(["blank_rejected", "blank_lost", "card_voided"]), st.sampled_from("ABCDEF")
    ),
    st.builds(lambda count: of("blank_lost", "BA", count=count), st.integers(1, 3)),
    st.builds(lambda names: burnt(*sorted(names)), st.sets(st.sampled_from("ABCDEF"), max_size=3)),
    st.builds(lambda n: received(n), st.integers(0, 4)),
    st.builds(
        lambda names: received(len(names), sorted(names)), st.sets(st.sampled_from("ABCDEF"), max_size=4)
    ),
    st.builds(
        lambda event, blank: on(event, blank),
        st.sampled_from(sorted({each for each in MOVES if "blank" in events.JOURNAL.get(each, ())})),
        st.sampled_from([*"ABCDEF", None]),
    ),
)


@given(st.lists(EVENTS, max_size=40))
def test_the_books_balance_whatever_is_posted(told: list[Event]) -> None:
    """Figures by kind, rows by account: nothing comes of nothing, and no blank is in two accounts unseen."""
    ledger = Ledger("64.11-1")
    rows = [row for each in told for row in ledger.post(*each)]
    account = ledger.account("ktp")
    assert balanced(account) and account["unnamed"] >= 0
    assert all(account[name] >= 0 for name in account if name != "unaccounted")
    named, numbers = _balances(rows)
    assert numbers["64.11-1/unnamed"] == account["unnamed"]
    for name, held in named.items():
        here = {each for each, balance in held.items() if balance > 0}
        if name not in account["unaccounted"]:
            assert held["unknown"] == 0
            held_here = {each for each in here if not each.startswith("transit/")}  # their other end: the hub
            assert held_here == (
                {_account(ledger, name)} if ledger.place(name) is not Place.TRANSIT else set()
            )


def _account(ledger: Ledger, name: str) -> str:
    place = ledger.place(name)
    assert place is not None
    return f"64.11-1/{place}" if place in HELD else str(place)


def _balances(rows: list[Row]) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Of each name and of all numbers, by account."""
    named: dict[str, Counter[str]] = {}
    numbers: Counter[str] = Counter()
    for row in rows:
        for account, sign in ((row.debit, -1), (row.credit, 1)):
            numbers[account] += sign * row.count
            if row.name is not None:
                named.setdefault(row.name, Counter())[account] += sign
    return named, numbers
