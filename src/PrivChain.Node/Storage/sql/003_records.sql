-- Account that stated it about itself: anybody may, so there is a quota. Records of issuers have none here.
ALTER TABLE records ADD COLUMN stranger BLOB;
CREATE INDEX records_stranger ON records (stranger) WHERE stranger IS NOT NULL;
