-- Durable messages of topics, how many each topic has, and how far the agents' subscriptions have come.

-- seq: the message's number over all topics; AUTOINCREMENT, so that none is given twice. at: milliseconds since 1970.
-- hops: tasks made from messages that led to it. once_operation, once_key, body_hash: of the idempotency key that it came with,
-- NULL without one, and when the key was used again after its time. data: JSON text; last, so that a search never reads it.
CREATE TABLE topic_messages (
  seq            INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant         TEXT    NOT NULL,
  topic          TEXT    NOT NULL,
  publisher      TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  hops           INTEGER NOT NULL,
  once_operation TEXT,
  once_key       TEXT,
  body_hash      TEXT,
  data           TEXT    NOT NULL
);
-- Each index ends with seq, the rowid.
CREATE INDEX topic_messages_by_topic ON topic_messages (tenant, topic);
CREATE INDEX topic_messages_by_tenant ON topic_messages (tenant);
CREATE INDEX topic_messages_by_age ON topic_messages (at);
CREATE UNIQUE INDEX topic_messages_once ON topic_messages (tenant, publisher, once_operation, once_key)
  WHERE once_key IS NOT NULL;

-- Changed with its messages in one transaction. last_seq: of its newest message. Gone with its last message.
CREATE TABLE topics (
  tenant   TEXT    NOT NULL,
  topic    TEXT    NOT NULL,
  kept     INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (tenant, topic)
) WITHOUT ROWID;

-- How far a subscription of an agent has come: every match up to seq is done with.
CREATE TABLE topic_cursors (
  agent   TEXT    NOT NULL,
  pattern TEXT    NOT NULL,
  seq     INTEGER NOT NULL,
  PRIMARY KEY (agent, pattern)
) WITHOUT ROWID;
