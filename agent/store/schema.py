"""The station's tables, as numbered scripts: what each released schema added to the one before.

A released script is never edited; a change is the next one (agent/store/migrations.py applies them).
"""

from __future__ import annotations

V1 = """
-- The journal is what happened, in order, for ever. It is also the outbox: rows above the
-- cursor 'hub_has' are still to send.
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,   -- never reused, even after pruning
    epoch   INTEGER NOT NULL REFERENCES epoch (epoch),
    at_ms   INTEGER NOT NULL,                    -- Unix milliseconds, the station's clock
    event   TEXT NOT NULL,
    subject TEXT NOT NULL,
    body    TEXT NOT NULL CHECK (json_valid(body)),
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- One row for each time a writer opened the journal.
CREATE TABLE epoch (epoch INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL) STRICT;
-- How far each log has got: a line's seq and the epoch it was written in, and when that was said.
CREATE TABLE cursor (
    name  TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    epoch INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO cursor VALUES ('hub_has', 0, 0, 0), ('orders_have', 0, 0, 0);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- An order's personal part, sealed to this station; kept apart from everything else.
CREATE TABLE payload (sha256 TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE order_ (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('ktp', 'kia')),
    reason         TEXT NOT NULL,
    rank           INTEGER NOT NULL,             -- the reason's place in the queue
    requested      TEXT NOT NULL,                -- YYYY-MM-DD
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'printed', 'returned', 'lost')),
    payload_sha256 TEXT NOT NULL,
    received_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
CREATE TABLE job (
    id        TEXT PRIMARY KEY,
    order_id  TEXT NOT NULL REFERENCES order_ (id),
    kind      TEXT NOT NULL,
    attempt   INTEGER NOT NULL CHECK (attempt > 0),
    state     TEXT NOT NULL,
    asked     TEXT,                              -- the blank the clerk named where no chip reader is
    blank     TEXT,
    cause     TEXT,
    issued_on TEXT NOT NULL,                     -- the day on the card; the same for every attempt
    printer   TEXT,
    session   INTEGER,
    before    TEXT CHECK (json_valid(before)),   -- the printer's counters before any card moved
    panels    INTEGER,
    artefact  TEXT,
    queued_ms INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,                  -- of its last move
    UNIQUE (order_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_state ON job (state, queued_ms);
CREATE TABLE consignment (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names_sha256 TEXT,                           -- null: received by count
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Each blank that has a name here. The journal folded by domain.ledger tells the same; this is for look-up.
CREATE TABLE blank (
    name         TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    place        TEXT NOT NULL CHECK (place IN ('stock', 'in_job', 'unsure', 'used', 'spoiled', 'lost')),
    received     INTEGER NOT NULL CHECK (received IN (0, 1)),  -- 0: read, but in no consignment
    by_count     INTEGER NOT NULL CHECK (by_count IN (0, 1)),  -- 1: one of a counted consignment
    contradicted INTEGER NOT NULL DEFAULT 0 CHECK (contradicted IN (0, 1))
) STRICT, WITHOUT ROWID;
"""

V2 = """
-- An order may be refused for good after it was received; and what is over keeps no personal part.
CREATE TABLE order_2 (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('ktp', 'kia')),
    reason         TEXT NOT NULL,
    rank           INTEGER NOT NULL,
    requested      TEXT NOT NULL,
    state          TEXT NOT NULL
        CHECK (state IN ('waiting', 'taken', 'printed', 'returned', 'lost', 'refused')),
    payload_sha256 TEXT NOT NULL,
    received_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_2 SELECT * FROM order_;
DROP TABLE order_;
ALTER TABLE order_2 RENAME TO order_;
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
DELETE FROM payload WHERE sha256 IN (
    SELECT payload_sha256 FROM order_ WHERE state = 'returned' OR id IN (
        SELECT json_extract(body, '$.order') FROM journal JOIN cursor ON cursor.name = 'hub_has'
        WHERE event IN ('printed', 'lost') AND journal.seq <= cursor.seq
    )
);
"""

V3 = """
-- A card's way goes on to its holder, blanks go on to other offices and to the fire, rules come from
-- the province.
CREATE TABLE order_3 (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('ktp', 'kia')),
    reason         TEXT NOT NULL,
    rank           INTEGER NOT NULL,
    requested      TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN
        ('waiting', 'taken', 'printed', 'handed_over', 'withheld', 'returned', 'lost', 'refused')),
    payload_sha256 TEXT NOT NULL,
    received_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_3 SELECT * FROM order_;
DROP TABLE order_;
ALTER TABLE order_3 RENAME TO order_;
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
ALTER TABLE job ADD COLUMN shelf TEXT;               -- where the ready card lies
ALTER TABLE job ADD COLUMN chip TEXT;                -- 'intended' or 'written': the attempt's tag
-- Where each blank that has a name here is; the accounts are domain.accounts.Place.
CREATE TABLE blank_3 (
    name         TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    place        TEXT NOT NULL,
    received     INTEGER NOT NULL CHECK (received IN (0, 1)),  -- by a manifest, or one of a counted
    outside      INTEGER NOT NULL CHECK (outside IN (0, 1)),   -- a card of other books that came back
    contradicted INTEGER NOT NULL DEFAULT 0 CHECK (contradicted IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO blank_3 SELECT name, kind, CASE place WHEN 'used' THEN 'card' ELSE place END, received, 0,
    contradicted FROM blank;
-- How many blanks on hand have no name yet.
CREATE TABLE unnamed (
    kind  TEXT PRIMARY KEY,
    count INTEGER NOT NULL CHECK (count >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO unnamed SELECT kind, sum(count) - (
    SELECT count(*) FROM blank WHERE blank.kind = consignment.kind AND by_count = 1
) FROM consignment WHERE names_sha256 IS NULL GROUP BY kind;
DROP TABLE blank;
ALTER TABLE blank_3 RENAME TO blank;
-- What the province or another office said is on its way here; and what was sent from here.
CREATE TABLE announced (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names        TEXT CHECK (json_valid(names)),     -- null: by count
    names_sha256 TEXT,                               -- null: by count, or some lines of it are still to come
    sender       TEXT NOT NULL,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sent (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names_sha256 TEXT,                               -- null: by count
    receiver     TEXT NOT NULL,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Papers that book many blanks at once, each once: destroyed, or lost by count.
CREATE TABLE minutes (id TEXT PRIMARY KEY, told TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE policy (
    name        TEXT PRIMARY KEY,
    effective   TEXT NOT NULL,                        -- YYYY-MM-DD, a WITA day
    rules       TEXT NOT NULL CHECK (json_valid(rules)),
    received_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE suket (
    number      TEXT PRIMARY KEY,
    order_id    TEXT NOT NULL REFERENCES order_ (id),
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL,
    issued_on   TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    sha256      TEXT NOT NULL,                        -- of the sheet as it was drawn
    renews      TEXT,                                 -- the number whose place it takes
    printer     TEXT,
    cause       TEXT,
    at_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX suket_order ON suket (order_id);
-- Whose card was told of, in which batch, and by which channels it reached them (words with commas).
CREATE TABLE announcement (
    job      TEXT PRIMARY KEY,
    batch    TEXT NOT NULL,
    channels TEXT NOT NULL,
    at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX announcement_batch ON announcement (batch);
-- A printer's keeping, told by its counters: when its ribbon was changed and it was cleaned, and the
-- settings that somebody has looked at and found right.
CREATE TABLE keeping (
    serial        TEXT PRIMARY KEY,
    settings      TEXT CHECK (json_valid(settings)),
    ribbon_prints INTEGER,
    ribbon_cards  INTEGER,
    cleaned_cards INTEGER,
    at_ms         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

V4 = """
-- Recordings of people: what became of each, and nothing of the person. The sealed packet is a file of
-- its own (agent/store/packets.py) under its sha256; the hash stands here before the file is there.
CREATE TABLE recording (
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL,                       -- agent.recording.book.State
    status       TEXT,                                -- the centre's last answer
    odd          INTEGER NOT NULL DEFAULT 0 CHECK (odd IN (0, 1)),  -- it does not follow the one before
    cause        TEXT,                                -- why it was abandoned or rejected
    sha256       TEXT UNIQUE CHECK (length(sha256) = 64),
    size         INTEGER CHECK (size > 0),
    counts       TEXT CHECK (json_valid(counts)),     -- what the line recording_sealed tells beside these
    mode         TEXT NOT NULL,
    ticket       TEXT,                                -- day/number
    place        TEXT,                                -- null: at the counter
    begun_ms     INTEGER NOT NULL,
    sealed_ms    INTEGER,
    receipted_ms INTEGER,
    at_ms        INTEGER NOT NULL                     -- of its last move
) STRICT, WITHOUT ROWID;
CREATE INDEX recording_state ON recording (state, sealed_ms, id);
CREATE INDEX recording_begun ON recording (begun_ms);
CREATE TABLE ticket (
    day       TEXT NOT NULL,                          -- YYYY-MM-DD, WITA
    number    INTEGER NOT NULL CHECK (number > 0),
    state     TEXT NOT NULL CHECK (state IN ('issued', 'called', 'taken')),
    recording TEXT REFERENCES recording (id),
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (day, number)
) STRICT, WITHOUT ROWID;
-- Days in the field; at most one is open.
CREATE TABLE outreach (
    place    TEXT NOT NULL,
    until    TEXT NOT NULL,                           -- the last day, YYYY-MM-DD, WITA
    begun_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
-- Whose finger lies in which slot of a reader's own library; a staff mark, never a name.
CREATE TABLE staff_finger (
    reader TEXT NOT NULL,
    slot   INTEGER NOT NULL,
    staff  TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    PRIMARY KEY (reader, slot)
) STRICT, WITHOUT ROWID;
"""

STEPS: dict[int, str] = {1: V1, 2: V2, 3: V3, 4: V4}
