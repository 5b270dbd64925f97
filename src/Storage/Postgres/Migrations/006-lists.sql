-- docs/formats/postgres.md. Static lists. upload: the number of the latest one; members: rows whose pending is not 2.
CREATE TABLE lists (
    id text COLLATE "C" PRIMARY KEY,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    upload bigint NOT NULL,
    members bigint NOT NULL,
    is_dropped boolean NOT NULL);

-- pending: 1 was put on it, 2 was taken off it, and no record says so yet; 0 told. upload: the latest one that named the user.
CREATE TABLE list_members (
    list text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    upload bigint NOT NULL,
    pending integer NOT NULL,
    PRIMARY KEY (list, user_id));
CREATE INDEX list_members_pending ON list_members (list) WHERE pending <> 0;
CREATE INDEX list_members_by_user ON list_members USING hash (user_id);
