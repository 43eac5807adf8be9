"""The hub's tables, as numbered steps that suit both engines.

``event`` and ``order_log`` are the two directions of the truth, ``station``, ``epoch``, ``order_``,
``order_move``, ``withdrawn``, ``person``, ``act``, ``policy``, ``recording``, ``recording_answer`` and
``recording_told`` what the province itself decided. Every other table is a projection: it can be dropped and
folded again from the truth (see hub/projections.py). Each step runs in one transaction with its number;
released steps are never edited, a change is a new step.
"""

from __future__ import annotations

from hub.database import Database, DatabaseUnmade, UnsafeSetup, open_database

# BIGINT and BYTES are put into the engine's own words by Database.create.
STEPS: tuple[tuple[str, ...], ...] = (
    (
        # A station exists from its join code on. watermark: the last of its lines held here, with all before
        # it; head: the last it told of; epoch: its latest start. token is what its first
        # hello is proved by, and is forgotten at that moment; the two public keys are pinned then.
        """CREATE TABLE station (
            station TEXT PRIMARY KEY, office TEXT NOT NULL, state TEXT NOT NULL,
            token BYTES, sign_key TEXT, seal_key TEXT,
            watermark BIGINT NOT NULL DEFAULT 0, watermark_epoch BIGINT NOT NULL DEFAULT 0,
            head BIGINT NOT NULL DEFAULT 0, epoch BIGINT, last_seen_ms BIGINT,
            order_head BIGINT NOT NULL DEFAULT 0, order_have BIGINT NOT NULL DEFAULT 0)""",
        """CREATE TABLE epoch (
            station TEXT NOT NULL, epoch BIGINT NOT NULL, first_seq BIGINT NOT NULL,
            PRIMARY KEY (station, epoch))""",
        # No index but the key: ingest is the one path that must keep up with every office at once.
        """CREATE TABLE event (
            station TEXT NOT NULL, seq BIGINT NOT NULL, epoch BIGINT NOT NULL, at_ms BIGINT NOT NULL,
            event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (station, seq))""",
        # Lines that are kept in ``event`` like all others, but say something this program cannot read.
        """CREATE TABLE aside (
            station TEXT NOT NULL, seq BIGINT NOT NULL, word TEXT NOT NULL,
            PRIMARY KEY (station, seq))""",
        """CREATE TABLE order_log (
            station TEXT NOT NULL, seq BIGINT NOT NULL, epoch BIGINT NOT NULL, at_ms BIGINT NOT NULL,
            event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL,
            PRIMARY KEY (station, seq))""",
        # station: who owes the card. log_seq: its place in that station's log, null while it waits for
        # the station to join. content: keyed digest of all that was imported. sealed: the personal part,
        # sealed to the hub itself.
        """CREATE TABLE order_ (
            id TEXT PRIMARY KEY, station TEXT NOT NULL, log_seq BIGINT,
            kind TEXT NOT NULL, reason TEXT NOT NULL, rank BIGINT NOT NULL, requested TEXT NOT NULL,
            content BYTES NOT NULL, sealed BYTES NOT NULL, imported_ms BIGINT NOT NULL)""",
        "CREATE INDEX order_waits ON order_ (station, log_seq)",
        # after_seq: only a later line of the first station's journal can be the answer.
        """CREATE TABLE order_move (
            id TEXT NOT NULL, number BIGINT NOT NULL, from_station TEXT NOT NULL, to_station TEXT NOT NULL,
            asked_ms BIGINT NOT NULL, after_seq BIGINT NOT NULL, answer TEXT, answer_seq BIGINT,
            PRIMARY KEY (id, number))""",
        # Where each reader of the events stands: the projections, and the router of moved orders.
        """CREATE TABLE reader (
            name TEXT NOT NULL, station TEXT NOT NULL, seq BIGINT NOT NULL,
            PRIMARY KEY (name, station))""",
    ),
    (
        """CREATE TABLE card (
            station TEXT NOT NULL, seq BIGINT NOT NULL, id TEXT NOT NULL, job TEXT NOT NULL,
            kind TEXT NOT NULL, blank TEXT, day TEXT NOT NULL, at_ms BIGINT NOT NULL,
            PRIMARY KEY (station, seq))""",
        "CREATE INDEX card_day ON card (day)",
        "CREATE INDEX card_order ON card (id)",
        """CREATE TABLE job (
            station TEXT NOT NULL, job TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
            state TEXT NOT NULL, cause TEXT, blank TEXT, at_ms BIGINT NOT NULL,
            PRIMARY KEY (station, job))""",
        """CREATE TABLE order_at (
            station TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, word TEXT, at_ms BIGINT NOT NULL,
            PRIMARY KEY (station, id))""",
        """CREATE TABLE blank_account (
            station TEXT NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
            PRIMARY KEY (station, kind))""",
        """CREATE TABLE printer (
            station TEXT NOT NULL, serial TEXT NOT NULL, state TEXT NOT NULL, cause TEXT,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (station, serial))""",
    ),
    (
        # rules: JSON as published, only what differs from 2020. policy_log: its place in each station's log.
        """CREATE TABLE policy (
            name TEXT PRIMARY KEY, effective TEXT NOT NULL, rules TEXT NOT NULL,
            published_ms BIGINT NOT NULL)""",
        """CREATE TABLE policy_log (
            station TEXT NOT NULL, name TEXT NOT NULL, seq BIGINT NOT NULL,
            PRIMARY KEY (station, name))""",
        # Whose an order is: a keyed digest of kind and NIK, so that nobody has two open orders.
        "CREATE TABLE person (id TEXT PRIMARY KEY, digest BYTES NOT NULL)",
        "CREATE INDEX person_digest ON person (digest)",
        # Orders that nobody owes any more.
        "CREATE TABLE withdrawn (id TEXT PRIMARY KEY, at_ms BIGINT NOT NULL)",
        # One row for each line of a temporary certificate's life; valid_until where the line tells it.
        """CREATE TABLE suket (
            station TEXT NOT NULL, seq BIGINT NOT NULL, number TEXT NOT NULL, event TEXT NOT NULL,
            id TEXT, valid_until TEXT, at_ms BIGINT NOT NULL,
            PRIMARY KEY (station, seq))""",
        # The province's own journal of blanks: hub/books/acts.py.
        """CREATE TABLE act (
            number BIGINT PRIMARY KEY, at_ms BIGINT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,
            body TEXT NOT NULL)""",
        # Every posting, one row: the holder and its line, and the place in that line. blank null: so many
        # without a name.
        """CREATE TABLE ledger (
            station TEXT NOT NULL, seq BIGINT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL,
            blank TEXT, count BIGINT NOT NULL, debit TEXT NOT NULL, credit TEXT NOT NULL,
            subject TEXT NOT NULL,
            PRIMARY KEY (station, seq, number))""",
        "CREATE INDEX ledger_blank ON ledger (blank)",
        # Folded again from the first line on, now that its rows are kept too.
        "DELETE FROM blank_account",
        "DELETE FROM reader WHERE name = 'blanks'",
    ),
    (
        # Sealed packets that a station's journal told of: only their pieces are taken. log_seq: the place of
        # the answer (the receipt, or why not) in that station's order log, null until the packet is whole.
        """CREATE TABLE recording_told (
            station TEXT NOT NULL, sha256 TEXT NOT NULL, id TEXT NOT NULL, size BIGINT NOT NULL,
            log_seq BIGINT,
            PRIMARY KEY (station, sha256))""",
        "CREATE INDEX recording_unanswered ON recording_told (size) WHERE log_seq IS NULL",
        # Packets that were opened, checked and kept, sealed as they came: hub/recordings/keep.py. person: a
        # keyed digest of the NIK; flags: words, a JSON array; status: the centre's last answer.
        """CREATE TABLE recording (
            id TEXT PRIMARY KEY, station TEXT NOT NULL, sha256 TEXT NOT NULL, size BIGINT NOT NULL,
            person BYTES NOT NULL, received_ms BIGINT NOT NULL, status TEXT NOT NULL, flags TEXT NOT NULL)""",
        "CREATE INDEX recording_person ON recording (person)",
        # Every answer of the centre, also one that does not follow (odd). told: when, in the centre's words.
        """CREATE TABLE recording_answer (
            id TEXT NOT NULL, status TEXT NOT NULL, told TEXT NOT NULL, odd BIGINT NOT NULL,
            imported_ms BIGINT NOT NULL,
            PRIMARY KEY (id, status, told))""",
    ),
)


def create(db: Database, now_ms: int) -> int:
    """Bring the tables up to this program; the number of steps done now, 0 when nothing was to do.

    Errors: UnsafeSetup when the tables were made by a newer program.
    """
    db.create("CREATE TABLE IF NOT EXISTS schema_step (number BIGINT PRIMARY KEY, done_ms BIGINT NOT NULL)")
    done = 0
    for number, step in enumerate(STEPS, start=1):
        with db.transaction():
            if version(db) < number:
                for statement in step:
                    db.create(statement)
                db.run("INSERT INTO schema_step (number, done_ms) VALUES (?, ?)", number, now_ms)
                done += 1
    check(db)
    return done


def version(db: Database) -> int:
    """The last step that was done; 0 for new tables."""
    row = db.one("SELECT max(number) FROM schema_step")
    return int(row[0] or 0) if row else 0


def opened(url: str) -> Database:
    """The database of a hub that was made; nothing is made here.

    Errors: DatabaseUnmade, UnsafeSetup, DatabaseTrouble, DatabaseLost.
    """
    db = open_database(url, make=False)
    try:
        check(db)
    except BaseException:
        db.close()
        raise
    return db


def try_to_write(db: Database) -> None:
    """Change nothing, durably: a database that is full or read-only says so.

    Errors: DatabaseTrouble, DatabaseLost.
    """
    with db.transaction():
        db.run("UPDATE schema_step SET done_ms = done_ms WHERE number = ?", len(STEPS))


def check(db: Database) -> None:
    """Raise UnsafeSetup unless the tables are exactly this program's, DatabaseUnmade where there are none."""
    try:
        found = version(db)
    except DatabaseUnmade:
        raise DatabaseUnmade("This database has no tables of a hub; `loket-hub init` makes them.") from None
    if found > len(STEPS):
        raise UnsafeSetup(f"the database is of a newer Loket (step {found}, this program knows {len(STEPS)})")
    if found < len(STEPS):
        raise UnsafeSetup("the database is of an older Loket; run `loket-hub init` to bring it up to date")
