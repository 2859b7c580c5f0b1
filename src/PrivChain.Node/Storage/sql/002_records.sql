-- Account that sent it without a role on the ledger: such messages have limits of their own. Those of before the column have none, which only lets more in.
ALTER TABLE messages ADD COLUMN stranger BLOB;
CREATE INDEX messages_stranger ON messages (stranger) WHERE stranger IS NOT NULL;
