-- docs/formats/postgres.md. A data folder that is being moved here, or was: one row. Nobody serves the store while verified_at is 0.
CREATE TABLE store_move (
    store_id text NOT NULL,
    fingerprint text NOT NULL,
    step text NOT NULL,
    position text NOT NULL,
    items bigint NOT NULL,
    started_at bigint NOT NULL,
    verified_at bigint NOT NULL);
