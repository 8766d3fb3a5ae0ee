-- The journal: tasks with their events, timers and snapshots, idempotency records, definitions.

-- One row. clean: the last owner stopped in order. fences: commits that only overwrite a failed one.
CREATE TABLE meta (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  epoch  INTEGER NOT NULL,
  clean  INTEGER NOT NULL,
  fences INTEGER NOT NULL
);
INSERT INTO meta (one, epoch, clean, fences) VALUES (1, 0, 1, 0);

-- id: UUIDv7, 16 bytes. Times: milliseconds since 1970. ended_at: NULL while the task is open.
-- message, labels: JSON text, NULL when there is none. durability: 0 sync, 1 none.
CREATE TABLE tasks (
  id            BLOB    NOT NULL PRIMARY KEY,
  tenant        TEXT    NOT NULL,
  owner         TEXT    NOT NULL,
  agent         TEXT    NOT NULL,
  agent_version INTEGER NOT NULL,
  context_id    TEXT    NOT NULL,
  parent_id     BLOB,
  created_at    INTEGER NOT NULL,
  durability    INTEGER NOT NULL,
  state         TEXT    NOT NULL,
  code          TEXT    NOT NULL,
  message       TEXT,
  status_at     INTEGER NOT NULL,
  ended_at      INTEGER,
  priority      TEXT    NOT NULL,
  updated_at    INTEGER NOT NULL,
  input_tokens  INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_microusd INTEGER NOT NULL,
  model_calls   INTEGER NOT NULL,
  tool_calls    INTEGER NOT NULL,
  labels        TEXT,
  last_seq      INTEGER NOT NULL,
  decided_seq   INTEGER NOT NULL,
  wake          INTEGER NOT NULL,
  unclean_stops INTEGER NOT NULL
) WITHOUT ROWID;

-- Contexts are derived: their tasks, by time of creation.
CREATE INDEX tasks_by_context ON tasks (tenant, context_id, owner, id);
-- Partial: a task that begins and ends in one unit never touches these two.
CREATE INDEX tasks_open ON tasks (agent, tenant, owner, context_id, id) WHERE ended_at IS NULL;
CREATE INDEX tasks_children ON tasks (parent_id, id) WHERE parent_id IS NOT NULL;

CREATE TABLE events (
  task    BLOB    NOT NULL,
  seq     INTEGER NOT NULL,
  kind    TEXT    NOT NULL,
  version INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  data    TEXT    NOT NULL,
  PRIMARY KEY (task, seq)
) WITHOUT ROWID;

CREATE TABLE timers (
  task     BLOB    NOT NULL,
  timer_id TEXT    NOT NULL,
  agent    TEXT    NOT NULL,
  due      INTEGER NOT NULL,
  PRIMARY KEY (task, timer_id)
) WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due, task, timer_id);

CREATE TABLE snapshots (
  task BLOB    NOT NULL PRIMARY KEY,
  seq  INTEGER NOT NULL,
  body TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE idempotency (
  tenant    TEXT    NOT NULL,
  principal TEXT    NOT NULL,
  operation TEXT    NOT NULL,
  key       TEXT    NOT NULL,
  task      BLOB    NOT NULL,
  body_hash TEXT    NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (tenant, principal, operation, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);

CREATE TABLE definitions (
  name       TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  body       TEXT    NOT NULL,
  hash       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (name, version)
) WITHOUT ROWID;
