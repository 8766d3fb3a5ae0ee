-- Who wants to be told what happens to a task, and how far that has come.

-- in_memory: 1 when its task had no row here as it came. tenant, owner, context_id: of the task. token, scheme, credentials:
-- empty when there is none. cursor: number of the last event that is done with; done: no further one will come, or it was
-- given up. created_at: milliseconds since 1970.
CREATE TABLE push_configs (
  task        BLOB    NOT NULL,
  id          TEXT    NOT NULL,
  in_memory   INTEGER NOT NULL,
  tenant      TEXT    NOT NULL,
  owner       TEXT    NOT NULL,
  context_id  TEXT    NOT NULL,
  url         TEXT    NOT NULL,
  token       TEXT    NOT NULL,
  scheme      TEXT    NOT NULL,
  credentials TEXT    NOT NULL,
  dialect     TEXT    NOT NULL,
  cursor      INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (task, id)
) WITHOUT ROWID;
-- Both are partial, and small: what a start has to look at.
CREATE INDEX push_configs_open ON push_configs (task, id) WHERE done = 0;
CREATE INDEX push_configs_in_memory ON push_configs (task, id) WHERE in_memory = 1;
