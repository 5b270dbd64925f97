-- The instant of a run's newest record: behind the retention the run leaves. Older runs count as new as the log was when this was added.
ALTER TABLE Runs ADD COLUMN At INTEGER NOT NULL DEFAULT 0;
UPDATE Runs SET At = max((SELECT Value FROM Meta WHERE Name = 'LastAt'), coalesce((SELECT max(At) FROM Blocks), 0));
