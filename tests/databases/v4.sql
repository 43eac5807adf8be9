-- The small day of v2 under schema 4, as its migration leaves it.
PRAGMA application_id = 1280265044;
PRAGMA user_version = 4;
BEGIN;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'loket-station','001','2026-11-22 03:46:50.134887+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'loket-station','002','2026-11-22 04:54:00.217728+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'loket-station','003','2026-11-22 09:38:31.638544+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'loket-station','004','2026-11-22 09:38:31.641002+00:00');
CREATE TABLE announced (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names        TEXT CHECK (json_valid(names)),
    names_sha256 TEXT,
    sender       TEXT NOT NULL,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE announcement (
    job      TEXT PRIMARY KEY,
    batch    TEXT NOT NULL,
    channels TEXT NOT NULL,
    at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "blank" (
    name         TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    place        TEXT NOT NULL,
    received     INTEGER NOT NULL CHECK (received IN (0, 1)),
    outside      INTEGER NOT NULL CHECK (outside IN (0, 1)),
    contradicted INTEGER NOT NULL DEFAULT 0 CHECK (contradicted IN (0, 1))
) STRICT, WITHOUT ROWID;
INSERT INTO "blank" VALUES('0401','ktp','card',1,0,0);
INSERT INTO "blank" VALUES('0402','ktp','stock',1,0,0);
CREATE TABLE consignment (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names_sha256 TEXT,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "consignment" VALUES('C-1','ktp',2,'12080edc32db8f3d693c40e530d9d201cbae3dfb47a719e7bd9b5e241a07b0b2',1590000000002);
CREATE TABLE cursor (
    name  TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    epoch INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "cursor" VALUES('hub_has',0,0,0);
INSERT INTO "cursor" VALUES('orders_have',3,4242,1590000000005);
CREATE TABLE epoch (epoch INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL) STRICT;
INSERT INTO "epoch" VALUES(7,1590000000001);
CREATE TABLE job (
    id        TEXT PRIMARY KEY,
    order_id  TEXT NOT NULL REFERENCES order_ (id),
    kind      TEXT NOT NULL,
    attempt   INTEGER NOT NULL CHECK (attempt > 0),
    state     TEXT NOT NULL,
    asked     TEXT,
    blank     TEXT,
    cause     TEXT,
    issued_on TEXT NOT NULL,
    printer   TEXT,
    session   INTEGER,
    before    TEXT CHECK (json_valid(before)),
    panels    INTEGER,
    artefact  TEXT,
    queued_ms INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL, shelf TEXT, chip TEXT,
    UNIQUE (order_id, attempt)
) STRICT, WITHOUT ROWID;
INSERT INTO "job" VALUES('O-1-1','O-1','ktp',1,'printed',NULL,'0401',NULL,'2020-05-21','SIM1',5,'{"cards": 1, "panels": 5}',5,'aa',1590000000006,1590000000012,NULL,NULL);
INSERT INTO "job" VALUES('O-2-1','O-2','ktp',1,'unsure',NULL,NULL,'no_chip','2020-05-21','SIM1',5,'{"cards": 1, "panels": 5}',NULL,NULL,1590000000007,1590000000014,NULL,NULL);
INSERT INTO "job" VALUES('O-3-1','O-3','ktp',1,'cancelled',NULL,NULL,'clerk','2020-05-21',NULL,NULL,NULL,NULL,NULL,1590000000008,1590000000015,NULL,NULL);
INSERT INTO "job" VALUES('O-4-1','O-4','ktp',1,'cancelled',NULL,NULL,'BAD_PHOTO','2020-05-21',NULL,NULL,NULL,NULL,NULL,1590000000017,1590000000018,NULL,NULL);
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch   INTEGER NOT NULL REFERENCES epoch (epoch),
    at_ms   INTEGER NOT NULL,
    event   TEXT NOT NULL,
    subject TEXT NOT NULL,
    body    TEXT NOT NULL CHECK (json_valid(body)),
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO "journal" VALUES(1,7,1590000000001,'station_started','','{"after":"first","sqlite":"3.53.4","version":"0.1"}',X'D67B9CF04B0A26509F84D9690D0412BAC3002655D3CF7C3358B240D011073F1E');
INSERT INTO "journal" VALUES(2,7,1590000000002,'blanks_received','C-1','{"count":2,"kind":"ktp","names":["0401","0402"]}',X'803124B12C471699B4A0790E7D090FF98D9AEB8E49FF250E5A00D389705E198D');
INSERT INTO "journal" VALUES(3,7,1590000000003,'order_received','O-1','{"kind":"ktp","reason":"first_card"}',X'7406C590F4462AADFFAA58673D3C9D7B13EF567BF04639A38271BDA96C4EE310');
INSERT INTO "journal" VALUES(4,7,1590000000004,'order_received','O-2','{"kind":"ktp","reason":"first_card"}',X'929AECDB9A7C44AD35251174C179E7229EBB57E517B6859FB5FFAA09AB3D7271');
INSERT INTO "journal" VALUES(5,7,1590000000005,'order_received','O-3','{"kind":"ktp","reason":"first_card"}',X'55E9979AC9DD444F16F71ED9F67DD8C6979388B2F3E16CF3722105730AA4525A');
INSERT INTO "journal" VALUES(6,7,1590000000006,'job_queued','O-1-1','{"attempt":1,"kind":"ktp","order":"O-1"}',X'A5EE28F3BA2F777568FD81F78CA572E1A7308FE967A2BD4B5A8F43B63AE5420F');
INSERT INTO "journal" VALUES(7,7,1590000000007,'job_queued','O-2-1','{"attempt":1,"kind":"ktp","order":"O-2"}',X'AE930E67CE301C4EA50200F4D49AD5B2BCDD957F5958DAAC33B797E830C0D064');
INSERT INTO "journal" VALUES(8,7,1590000000008,'job_queued','O-3-1','{"attempt":1,"kind":"ktp","order":"O-3"}',X'F7E9FEB71C6095B59C70AE3317A8B80AD011DF5C1CF1AB9DBB87566082705EA6');
INSERT INTO "journal" VALUES(9,7,1590000000009,'feed_intended','O-1-1','{"before":{"cards":1,"panels":5},"printer":"SIM1","session":5}',X'858651841A7A3BF060E3AE3AD9EF4566CD419916859CBE948186F818E6F85960');
INSERT INTO "journal" VALUES(10,7,1590000000010,'staged','O-1-1','{"blank":"0401","kind":"ktp","witness":"chip"}',X'8CB2BE7910FC5484D9731A12DE354565DB2903002E5E5458FE9A4584D604A4F6');
INSERT INTO "journal" VALUES(11,7,1590000000011,'print_intended','O-1-1','{"artefact":"aa","before":{"cards":1,"panels":5},"blank":"0401","kind":"ktp","panels":5,"printer":"SIM1","session":5}',X'8AA5F77E17BD3247E71C939F16A93793B130D665A1ECED0DBE95E904B0B0A84A');
INSERT INTO "journal" VALUES(12,7,1590000000012,'printed','O-1-1','{"blank":"0401","by":"evidence","kind":"ktp","order":"O-1"}',X'751D47D302A08F8725D526FB6164DDBF0446EF6DBBAA823933E4D641A8422EB4');
INSERT INTO "journal" VALUES(13,7,1590000000013,'feed_intended','O-2-1','{"before":{"cards":1,"panels":5},"printer":"SIM1","session":5}',X'37794A4C72D1DC198642C7BF5ECAF00864D1FD406844543F7F8E28E8B08F1311');
INSERT INTO "journal" VALUES(14,7,1590000000014,'unsure','O-2-1','{"blank":null,"cause":"no_chip","kind":"ktp"}',X'46663421B9A4ECDC4FB8D9D4E1C443196C5076FFC6B73FE4249DB2142C732332');
INSERT INTO "journal" VALUES(15,7,1590000000015,'cancelled','O-3-1','{"kind":"ktp","order":"O-3","reason":"clerk"}',X'C3A3C4E2FC7C1E3DBA8B76CBF7E020F32DB2F50AE66CD476E5A6D20DABE4C8A5');
INSERT INTO "journal" VALUES(16,7,1590000000016,'order_received','O-4','{"kind":"ktp","reason":"first_card"}',X'79C84591B2F6CD15222D94AD59EA70889BFE9470EB69D5834A203ED7648F9417');
INSERT INTO "journal" VALUES(17,7,1590000000017,'job_queued','O-4-1','{"attempt":1,"kind":"ktp","order":"O-4"}',X'77167E92635E84AEE79FC5899C82C4E9F5C906581A6EAADAFEBAC34E248D29A6');
INSERT INTO "journal" VALUES(18,7,1590000000018,'cancelled','O-4-1','{"kind":"ktp","order":"O-4","reason":"BAD_PHOTO"}',X'30C8B4A00CCFA41973F36C445C3C982813F804A0AF656B7E0B1A8452D7D29823');
INSERT INTO "journal" VALUES(19,7,1590000000018,'order_refused','O-4','{"word":"BAD_PHOTO"}',X'74F92F60DC2CABF17351C8E2E0570376D7ACF7D409EF97283A9C6FD28BF99105');
CREATE TABLE keeping (
    serial        TEXT PRIMARY KEY,
    settings      TEXT CHECK (json_valid(settings)),
    ribbon_prints INTEGER,
    ribbon_cards  INTEGER,
    cleaned_cards INTEGER,
    at_ms         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO "meta" VALUES('stopped','unclean');
CREATE TABLE minutes (id TEXT PRIMARY KEY, told TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE "order_" (
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
INSERT INTO "order_" VALUES('O-1','ktp','first_card',1,'2020-05-01','printed','ba2367f403251a6a684d2c2e95ae3afc3e723c6c489f918533256d143f808185',1590000000003);
INSERT INTO "order_" VALUES('O-2','ktp','first_card',1,'2020-05-01','taken','91668e873219534fcb1b8a69f5828f3ec93e672ba34787d74dd9f4e2e1aec91c',1590000000004);
INSERT INTO "order_" VALUES('O-3','ktp','first_card',1,'2020-05-01','waiting','a1ceba9c06a6386c55c1c4cb97b76b38bfc864d4cc75367f653589878b560e18',1590000000005);
INSERT INTO "order_" VALUES('O-4','ktp','first_card',1,'2020-05-02','refused','dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd',1590000000016);
CREATE TABLE outreach (
    place    TEXT NOT NULL,
    until    TEXT NOT NULL,
    begun_ms INTEGER NOT NULL,
    ended_ms INTEGER
) STRICT;
CREATE TABLE payload (sha256 TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
INSERT INTO "payload" VALUES('ba2367f403251a6a684d2c2e95ae3afc3e723c6c489f918533256d143f808185',X'7365616C6564204F2D31');
INSERT INTO "payload" VALUES('91668e873219534fcb1b8a69f5828f3ec93e672ba34787d74dd9f4e2e1aec91c',X'7365616C6564204F2D32');
INSERT INTO "payload" VALUES('a1ceba9c06a6386c55c1c4cb97b76b38bfc864d4cc75367f653589878b560e18',X'7365616C6564204F2D33');
CREATE TABLE policy (
    name        TEXT PRIMARY KEY,
    effective   TEXT NOT NULL,
    rules       TEXT NOT NULL CHECK (json_valid(rules)),
    received_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE recording (
    id           TEXT PRIMARY KEY,
    state        TEXT NOT NULL,
    status       TEXT,
    odd          INTEGER NOT NULL DEFAULT 0 CHECK (odd IN (0, 1)),
    cause        TEXT,
    sha256       TEXT UNIQUE CHECK (length(sha256) = 64),
    size         INTEGER CHECK (size > 0),
    counts       TEXT CHECK (json_valid(counts)),
    mode         TEXT NOT NULL,
    ticket       TEXT,
    place        TEXT,
    begun_ms     INTEGER NOT NULL,
    sealed_ms    INTEGER,
    receipted_ms INTEGER,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sent (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names_sha256 TEXT,
    receiver     TEXT NOT NULL,
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE staff_finger (
    reader TEXT NOT NULL,
    slot   INTEGER NOT NULL,
    staff  TEXT NOT NULL,
    at_ms  INTEGER NOT NULL,
    PRIMARY KEY (reader, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE suket (
    number      TEXT PRIMARY KEY,
    order_id    TEXT NOT NULL REFERENCES order_ (id),
    reason      TEXT NOT NULL,
    state       TEXT NOT NULL,
    issued_on   TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    sha256      TEXT NOT NULL,
    renews      TEXT,
    printer     TEXT,
    cause       TEXT,
    at_ms       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket (
    day       TEXT NOT NULL,
    number    INTEGER NOT NULL CHECK (number > 0),
    state     TEXT NOT NULL CHECK (state IN ('issued', 'called', 'taken')),
    recording TEXT REFERENCES recording (id),
    at_ms     INTEGER NOT NULL,
    PRIMARY KEY (day, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE unnamed (
    kind  TEXT PRIMARY KEY,
    count INTEGER NOT NULL CHECK (count >= 0)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX job_state ON job (state, queued_ms);
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
CREATE INDEX suket_order ON suket (order_id);
CREATE INDEX announcement_batch ON announcement (batch);
CREATE INDEX recording_state ON recording (state, sealed_ms, id);
CREATE INDEX recording_begun ON recording (begun_ms);
INSERT INTO "sqlite_sequence" VALUES('journal',19);
COMMIT;
