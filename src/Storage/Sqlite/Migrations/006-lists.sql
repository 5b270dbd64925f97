-- Static lists. Upload: the number of the latest one; Members: rows whose Pending is not 2.
CREATE TABLE Lists (
    Id TEXT PRIMARY KEY,
    CreatedAt INTEGER NOT NULL,
    ChangedAt INTEGER NOT NULL,
    Upload INTEGER NOT NULL,
    Members INTEGER NOT NULL,
    IsDropped INTEGER NOT NULL) WITHOUT ROWID;

-- Pending: 1 was put on it, 2 was taken off it, and no record says so yet; 0 told. Upload: the latest one that named the user.
CREATE TABLE ListMembers (
    List TEXT NOT NULL,
    UserId TEXT NOT NULL,
    Upload INTEGER NOT NULL,
    Pending INTEGER NOT NULL,
    PRIMARY KEY (List, UserId)) WITHOUT ROWID;
CREATE INDEX ListMembersPending ON ListMembers (List) WHERE Pending <> 0;
CREATE INDEX ListMembersByUser ON ListMembers (UserId);
