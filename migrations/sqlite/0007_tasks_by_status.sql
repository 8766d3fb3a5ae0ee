-- Ended tasks by the time of their status, which is that of their end. Partial: a task pays for it once, with the append that
-- ends it; the open ones are few, and sorted when they are asked for. The owner stands before the time: one owner's tasks come
-- in order and without anybody else's; of who sees all owners they are counted anyway, and sorted by what is in the index.
CREATE INDEX tasks_ended ON tasks (tenant, agent, owner, ended_at, id, state) WHERE ended_at IS NOT NULL;
