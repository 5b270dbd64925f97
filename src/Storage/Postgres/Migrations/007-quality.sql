-- docs/formats/postgres.md. What events were like, by day (of the kind 'hour': by hour). Every process adds to the same rows.
CREATE TABLE quality_counts (
    slot bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    path text COLLATE "C" NOT NULL,
    rule text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    note text NOT NULL,
    PRIMARY KEY (slot, kind, name, path, rule)) WITH (fillfactor = 60);

-- Up to which batch each process has added to them.
CREATE TABLE quality_writers (
    writer text COLLATE "C" PRIMARY KEY,
    number bigint NOT NULL,
    day bigint NOT NULL);

-- The newest violations of the tracking plan, with what was found.
CREATE TABLE violation_examples (
    at bigint NOT NULL,
    writer text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    customer_key text COLLATE "C" NOT NULL,
    source text NOT NULL,
    event text NOT NULL,
    path text NOT NULL,
    rule text NOT NULL,
    expected text NOT NULL,
    found text NOT NULL,
    action text NOT NULL,
    PRIMARY KEY (at, writer, number));
