-- Run once as the database's administrator: psql -f setup.sql
-- The hub makes its own tables; it needs a database of its own and nothing else.
CREATE ROLE "loket-hub" LOGIN;
CREATE DATABASE loket OWNER "loket-hub" ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C';
-- fsync and synchronous_commit stay on: "have" is answered after a commit that survives a power cut.
