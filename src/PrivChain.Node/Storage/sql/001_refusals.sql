-- How often this node refused what: for regulators to read. Nothing of who was refused but the role; the file may be deleted at any time, and the counts with it.
CREATE TABLE refusals (
    day INTEGER NOT NULL,                    -- days since 1970-01-01, universal time
    method TEXT NOT NULL,
    reason INTEGER NOT NULL,
    role INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (day, method, reason, role)
) STRICT, WITHOUT ROWID;
