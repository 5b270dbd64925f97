-- Of a version that only brings history: what versions up to this number introduced has been filled from the log. 0: it brings none.
ALTER TABLE DefinitionVersions ADD COLUMN Fills INTEGER NOT NULL DEFAULT 0;
