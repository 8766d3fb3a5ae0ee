-- How many ended tasks there are, so that a list by status need not count them one by one: an owner may have a million.
CREATE TABLE ended_counts (
  tenant TEXT    NOT NULL,
  agent  TEXT    NOT NULL,
  owner  TEXT    NOT NULL,
  state  TEXT    NOT NULL,
  tasks  INTEGER NOT NULL,
  PRIMARY KEY (tenant, agent, owner, state)
) WITHOUT ROWID;

INSERT INTO ended_counts (tenant, agent, owner, state, tasks)
  SELECT tenant, agent, owner, state, count(*) FROM tasks WHERE ended_at IS NOT NULL GROUP BY tenant, agent, owner, state;

-- A task ends once, and its state does not change afterwards.
CREATE TRIGGER tasks_end_at_once AFTER INSERT ON tasks WHEN NEW.ended_at IS NOT NULL BEGIN
  INSERT INTO ended_counts (tenant, agent, owner, state, tasks) VALUES (NEW.tenant, NEW.agent, NEW.owner, NEW.state, 1)
    ON CONFLICT DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER tasks_end AFTER UPDATE OF ended_at ON tasks WHEN OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL BEGIN
  INSERT INTO ended_counts (tenant, agent, owner, state, tasks) VALUES (NEW.tenant, NEW.agent, NEW.owner, NEW.state, 1)
    ON CONFLICT DO UPDATE SET tasks = tasks + 1;
END;
CREATE TRIGGER tasks_go AFTER DELETE ON tasks WHEN OLD.ended_at IS NOT NULL BEGIN
  UPDATE ended_counts SET tasks = tasks - 1
    WHERE tenant = OLD.tenant AND agent = OLD.agent AND owner = OLD.owner AND state = OLD.state;
  DELETE FROM ended_counts
    WHERE tenant = OLD.tenant AND agent = OLD.agent AND owner = OLD.owner AND state = OLD.state AND tasks = 0;
END;
