-- What vendors' services answered. Everything here is public and verified anew at each use; the file may be deleted at any time.
CREATE TABLE collateral (
    request BLOB PRIMARY KEY CHECK (length(request) = 32), -- digest of the request
    bundle BLOB NOT NULL,                                  -- privchain-collateral/1
    fetched_at INTEGER NOT NULL                            -- unix milliseconds
) STRICT;
CREATE INDEX collateral_fetched_at ON collateral (fetched_at);
