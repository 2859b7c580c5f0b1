-- Workers' tallies of what they refused: sealed, the newest of each for each regulator. changed: days since 1970-01-01.
CREATE TABLE tallies (
    id INTEGER PRIMARY KEY,
    regulator BLOB NOT NULL CHECK (length(regulator) = 20),
    worker BLOB NOT NULL CHECK (length(worker) = 20),
    changed INTEGER NOT NULL,
    box BLOB NOT NULL,
    UNIQUE (regulator, worker)
) STRICT;
