-- Idempotency keys of requests that made an agent: written in the transaction that made it, kept as long as those of tasks.
-- version: the one that the request made.
CREATE TABLE idempotent_agents (
  tenant    TEXT    NOT NULL,
  principal TEXT    NOT NULL,
  operation TEXT    NOT NULL,
  key       TEXT    NOT NULL,
  agent     TEXT    NOT NULL,
  version   INTEGER NOT NULL,
  body_hash TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (tenant, principal, operation, key)
) WITHOUT ROWID;
CREATE INDEX idempotent_agents_by_age ON idempotent_agents (at);
