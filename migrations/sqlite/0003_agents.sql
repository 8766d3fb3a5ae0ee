-- Agents whose definitions came through the API and not from a file: their newest versions are used again at the next start.
-- mark: kept, or leaving (it takes no more work and goes when its last task has ended).
CREATE TABLE agents (
  name TEXT NOT NULL PRIMARY KEY,
  mark TEXT NOT NULL CHECK (mark IN ('kept', 'leaving'))
) WITHOUT ROWID;
