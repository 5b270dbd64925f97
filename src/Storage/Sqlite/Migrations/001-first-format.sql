CREATE TABLE Meta (Name TEXT PRIMARY KEY, Value NOT NULL) WITHOUT ROWID;

-- Where each partition stands, as of Meta.FoldedSeq.
CREATE TABLE Partitions (
    Partition INTEGER PRIMARY KEY,
    Epoch INTEGER NOT NULL,
    Cursor INTEGER NOT NULL,
    Floor INTEGER NOT NULL,
    FloorState BLOB NOT NULL,
    Head INTEGER NOT NULL);

-- Totals as of Meta.FoldedSeq; the ids stand in commit rows.
CREATE TABLE Counters (Id INTEGER PRIMARY KEY, Name TEXT NOT NULL, Total INTEGER NOT NULL);

-- One row a transaction: docs/formats/log.md. Body stands last, so that the other columns are read without it.
CREATE TABLE Blocks (
    Seq INTEGER PRIMARY KEY,
    At INTEGER NOT NULL,
    Directory BLOB NOT NULL,
    Commits BLOB NOT NULL,
    Body BLOB NOT NULL);

-- docs/formats/runs.md. A run exists for readers once its row stands in Runs.
CREATE TABLE Runs (
    Id INTEGER PRIMARY KEY,
    FromSeq INTEGER NOT NULL,
    ToSeq INTEGER NOT NULL,
    Bytes INTEGER NOT NULL,
    Bounds BLOB NOT NULL);

CREATE TABLE RunPages (
    Id INTEGER PRIMARY KEY,
    Run INTEGER NOT NULL,
    Partition INTEGER NOT NULL,
    FirstHash INTEGER NOT NULL,
    FirstOffset INTEGER NOT NULL,
    Data BLOB NOT NULL);
CREATE INDEX RunPagesByHash ON RunPages (Run, Partition, FirstHash, FirstOffset);

-- docs/formats/state.md.
CREATE TABLE StateChunks (Id INTEGER PRIMARY KEY, Head BLOB NOT NULL, Body BLOB NOT NULL);

CREATE TABLE Messages (
    Sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    MessageId TEXT NOT NULL,
    CustomerKey TEXT NOT NULL,
    Campaign TEXT NOT NULL,
    CampaignVersion INTEGER NOT NULL,
    StepId TEXT NOT NULL,
    Channel TEXT NOT NULL,
    Template TEXT NOT NULL,
    Address TEXT NOT NULL,
    Status TEXT NOT NULL,
    Reason TEXT NOT NULL,
    CancelReason TEXT,
    Attempts INTEGER NOT NULL,
    DecidedAt INTEGER NOT NULL,
    ExpiresAt INTEGER NOT NULL,
    NextAttemptAt INTEGER NOT NULL,
    ClosedAt INTEGER NOT NULL,
    Data BLOB NOT NULL);
CREATE UNIQUE INDEX MessagesById ON Messages (MessageId);
CREATE INDEX MessagesDue ON Messages (Channel, NextAttemptAt, Sequence) WHERE Status = 'queued';
CREATE INDEX MessagesByStatus ON Messages (Status, Sequence);
CREATE INDEX MessagesByCustomer ON Messages (CustomerKey, Sequence);
CREATE INDEX MessagesByCampaign ON Messages (Campaign, Sequence);

CREATE TABLE Mailbox (
    Sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    MessageId TEXT NOT NULL,
    "From" TEXT NOT NULL,
    "To" TEXT NOT NULL,
    Subject TEXT NOT NULL,
    Campaign TEXT NOT NULL,
    CustomerKey TEXT NOT NULL,
    At INTEGER NOT NULL,
    IsTest INTEGER NOT NULL,
    Headers TEXT NOT NULL,
    Text TEXT NOT NULL,
    Html TEXT NOT NULL);
CREATE INDEX MailboxById ON Mailbox (MessageId);
CREATE INDEX MailboxByCustomer ON Mailbox (CustomerKey);

-- Sequence is dense, so the newest one is the number of all ever rejected.
CREATE TABLE Rejected (
    Sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    At INTEGER NOT NULL,
    Source TEXT NOT NULL,
    Reason TEXT NOT NULL,
    Payload TEXT NOT NULL);

CREATE TABLE DefinitionVersions (Version INTEGER PRIMARY KEY, SavedAt INTEGER NOT NULL);
CREATE TABLE DefinitionFiles (Version INTEGER NOT NULL, Path TEXT NOT NULL, Text TEXT NOT NULL, PRIMARY KEY (Version, Path)) WITHOUT ROWID;

CREATE TABLE Imports (SourceHash TEXT PRIMARY KEY, Name TEXT NOT NULL, NextRow INTEGER NOT NULL, UpdatedAt INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE Settings (Name TEXT PRIMARY KEY, Value TEXT NOT NULL) WITHOUT ROWID;

-- As of Meta.IndexedSeq. IdLower, EmailLower, NameLower are what a search compares.
CREATE TABLE Search (
    CustomerKey TEXT PRIMARY KEY,
    IdLower TEXT NOT NULL,
    EmailLower TEXT,
    NameLower TEXT,
    Email TEXT,
    Name TEXT) WITHOUT ROWID;
CREATE INDEX SearchById ON Search (IdLower);
CREATE INDEX SearchByEmail ON Search (EmailLower) WHERE EmailLower IS NOT NULL;
CREATE INDEX SearchByName ON Search (NameLower) WHERE NameLower IS NOT NULL;

-- Customers whose bytes are still to be rewritten.
CREATE TABLE Erasures (CustomerKey TEXT PRIMARY KEY, Partition INTEGER NOT NULL, Before INTEGER NOT NULL, At INTEGER NOT NULL) WITHOUT ROWID;
