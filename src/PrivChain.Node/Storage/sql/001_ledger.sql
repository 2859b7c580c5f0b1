-- The ledger: entries as they were hashed, and the two heads. What can be read from the bytes is indexed, not copied.
CREATE TABLE entries (
    position INTEGER PRIMARY KEY,           -- index on the ledger, from 0
    bytes BLOB NOT NULL CHECK (length(bytes) IN (204, 236)),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32),     -- leaf hash: names the entry that was changed
    digest BLOB NOT NULL CHECK (length(digest) = 32)  -- digest of the signed document
) STRICT;

-- One document by one signer stands once. Signer, party and reference lie at fixed offsets of the layout (schemas/README.md, "Entry").
CREATE UNIQUE INDEX entries_document ON entries (digest, substr(bytes, 12, 20));
CREATE INDEX entries_signer ON entries (substr(bytes, 12, 20));
CREATE INDEX entries_party ON entries (substr(bytes, 32, 20)) WHERE substr(bytes, 32, 20) <> zeroblob(20);
CREATE INDEX entries_reference ON entries (substr(bytes, 52, 32));

-- 'signed': the log's own note of the last commit; 'witnessed': the last one that a quorum cosigned.
CREATE TABLE heads (
    name TEXT PRIMARY KEY CHECK (name IN ('signed', 'witnessed')),
    size INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT;

CREATE TABLE genesis (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    text BLOB NOT NULL
) STRICT;
