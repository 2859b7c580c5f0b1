-- Sealed things and public documents: everything here is ciphertext, a digest, or public.
CREATE TABLE records (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE consents (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    package BLOB NOT NULL
) STRICT;

CREATE TABLE documents (
    digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
    content BLOB NOT NULL,
    stranger BLOB                            -- account that put it without a role on the ledger: it has a quota
) STRICT;
CREATE INDEX documents_stranger ON documents (stranger) WHERE stranger IS NOT NULL;

CREATE TABLE statements (
    account BLOB PRIMARY KEY CHECK (length(account) = 20),
    statement BLOB NOT NULL,
    stated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account BLOB NOT NULL CHECK (length(account) = 20),
    received_at INTEGER NOT NULL,
    box BLOB NOT NULL
) STRICT;
CREATE INDEX messages_account ON messages (account, id);
