-- docs/formats/postgres.md. Text that is compared or ordered has the collation "C": the order of code points, whatever the database's locale.

CREATE TABLE store (
    store_id text NOT NULL,
    secret bytea NOT NULL,
    partitions smallint NOT NULL,
    created_at bigint NOT NULL);

-- Who writes: each connection that writes counts its transactions here, so that after a lost connection it can tell whether the last one was committed.
CREATE TABLE writers (
    id uuid PRIMARY KEY,
    generation integer NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL) WITH (fillfactor = 20);

-- Where each partition's log ends. Its row is locked, in the order of partitions, by whoever appends: so offsets are dense and become visible in order.
CREATE TABLE log_heads (
    partition smallint PRIMARY KEY,
    head bigint NOT NULL,
    at bigint NOT NULL) WITH (fillfactor = 10);

-- The log in the order of arrival. Bodies are not compressed and may be read in part.
CREATE TABLE log_chunks (
    partition smallint NOT NULL,
    next_offset bigint NOT NULL,
    count integer NOT NULL,
    at bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (partition, next_offset, at)) PARTITION BY RANGE (at);
ALTER TABLE log_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Behind the floor: runs sorted by customer, in pages. hash is the unsigned hash with its top bit flipped.
CREATE TABLE log_runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition smallint NOT NULL,
    first_offset bigint NOT NULL,
    next_offset bigint NOT NULL,
    at bigint NOT NULL,
    bytes bigint NOT NULL);
CREATE UNIQUE INDEX log_runs_by_offset ON log_runs (partition, next_offset);

CREATE TABLE log_pages (
    partition smallint NOT NULL,
    run bigint NOT NULL,
    first_hash bigint NOT NULL,
    first_offset bigint NOT NULL,
    at bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (partition, run, first_hash, first_offset, at)) PARTITION BY RANGE (at);
ALTER TABLE log_pages ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Of the effects of committed records, two bytes a record; a row a commit, and one a run once their records are sorted.
CREATE TABLE log_checksums (
    partition smallint NOT NULL,
    next_offset bigint NOT NULL,
    at bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (partition, next_offset, at)) PARTITION BY RANGE (at);
ALTER TABLE log_checksums ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What each partition's owner commits; refused to whoever has a lower epoch.
CREATE TABLE partitions (
    partition smallint PRIMARY KEY,
    epoch bigint NOT NULL,
    cursor_offset bigint NOT NULL,
    floor bigint NOT NULL,
    floor_state bytea NOT NULL,
    customers bigint NOT NULL) WITH (fillfactor = 10);

-- Per partition, so that owners do not wait for one another; a total is their sum.
CREATE TABLE counters (
    partition smallint NOT NULL,
    name text COLLATE "C" NOT NULL,
    total bigint NOT NULL,
    PRIMARY KEY (partition, name)) WITH (fillfactor = 60);

-- Flushed customers. The key stands in the state as well; due is in the index, so that timers are filled without reading states.
CREATE TABLE customers (
    partition smallint NOT NULL,
    hash bigint NOT NULL,
    key bytea NOT NULL,
    due bigint NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (partition, hash, key) INCLUDE (due)) WITH (fillfactor = 85);
ALTER TABLE customers ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE TABLE messages (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text COLLATE "C" NOT NULL,
    partition smallint NOT NULL,
    customer_key text COLLATE "C" NOT NULL,
    campaign text COLLATE "C" NOT NULL,
    campaign_version integer NOT NULL,
    step_id text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    template text NOT NULL,
    address text NOT NULL,
    status text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    cancel_reason text,
    attempts integer NOT NULL,
    decided_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    next_attempt_at bigint NOT NULL,
    closed_at bigint NOT NULL,
    data bytea NOT NULL) WITH (fillfactor = 80);
CREATE UNIQUE INDEX messages_by_id ON messages (message_id);
CREATE INDEX messages_due ON messages (channel, next_attempt_at, sequence) WHERE status = 'queued';
CREATE INDEX messages_queued ON messages (sequence) INCLUDE (decided_at) WHERE status = 'queued';
CREATE INDEX messages_by_status ON messages (status, sequence);
CREATE INDEX messages_by_customer ON messages (customer_key, sequence);
CREATE INDEX messages_by_campaign ON messages (campaign, sequence);

CREATE TABLE mailbox (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id text COLLATE "C" NOT NULL,
    sender text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    campaign text NOT NULL,
    customer_key text COLLATE "C" NOT NULL,
    at bigint NOT NULL,
    is_test boolean NOT NULL,
    headers text NOT NULL,
    body_text text NOT NULL,
    body_html text NOT NULL);
CREATE INDEX mailbox_by_id ON mailbox (message_id, sequence);
CREATE INDEX mailbox_by_customer ON mailbox (customer_key);

CREATE TABLE rejected (
    sequence bigint PRIMARY KEY,
    at bigint NOT NULL,
    source text NOT NULL,
    reason text NOT NULL,
    payload text NOT NULL);
CREATE TABLE rejected_total (total bigint NOT NULL);
INSERT INTO rejected_total VALUES (0);

CREATE TABLE definition_versions (version integer PRIMARY KEY, saved_at bigint NOT NULL);
CREATE TABLE definition_files (version integer NOT NULL REFERENCES definition_versions, path text COLLATE "C" NOT NULL, body text NOT NULL, PRIMARY KEY (version, path));

CREATE TABLE imports (source_hash text COLLATE "C" PRIMARY KEY, name text NOT NULL, next_row bigint NOT NULL, updated_at bigint NOT NULL);

CREATE TABLE settings (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);

-- The lower columns are what a search compares.
CREATE TABLE search (
    customer_key text COLLATE "C" PRIMARY KEY,
    id_lower text COLLATE "C" NOT NULL,
    email_lower text COLLATE "C",
    name_lower text COLLATE "C",
    email text,
    name text);
CREATE INDEX search_by_id ON search (id_lower);
CREATE INDEX search_by_email ON search (email_lower) WHERE email_lower IS NOT NULL;
CREATE INDEX search_by_name ON search (name_lower) WHERE name_lower IS NOT NULL;

-- Customers whose bytes in the log are still to be rewritten.
CREATE TABLE erasures (customer_key text COLLATE "C" PRIMARY KEY, partition smallint NOT NULL, before bigint NOT NULL, at bigint NOT NULL);
