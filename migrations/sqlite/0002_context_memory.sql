-- What agents remember of a context. value: JSON text. updated_at: milliseconds since 1970.
CREATE TABLE context_memory (
  tenant     TEXT    NOT NULL,
  owner      TEXT    NOT NULL,
  context_id TEXT    NOT NULL,
  key        TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, owner, context_id, key)
) WITHOUT ROWID;
