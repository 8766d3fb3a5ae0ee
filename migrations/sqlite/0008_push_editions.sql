-- Which registration of its id a push configuration is: what was meant for an earlier one must not hit a later one.

-- edition: a number of the row's own, other than that of a row of the same task and id that was there before. renewals: how often
-- it has been registered anew since.
ALTER TABLE push_configs ADD COLUMN edition INTEGER NOT NULL DEFAULT 0;
ALTER TABLE push_configs ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
