-- docs/formats/postgres.md. Of a version that only brings history: what versions up to this number introduced has been filled from the log. 0: it brings none.
ALTER TABLE definition_versions ADD COLUMN fills integer NOT NULL DEFAULT 0;
