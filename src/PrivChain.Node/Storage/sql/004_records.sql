-- Regulators' copies of uses: sealed, one for each use and regulator.
CREATE TABLE audit_copies (
    regulator BLOB NOT NULL CHECK (length(regulator) = 20),
    use BLOB NOT NULL CHECK (length(use) = 32),
    box BLOB NOT NULL,
    PRIMARY KEY (regulator, use)
) STRICT;
