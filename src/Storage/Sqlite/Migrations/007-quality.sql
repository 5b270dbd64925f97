-- What events were like, by day (of the kind 'hour': by hour). docs/formats/sqlite.md
CREATE TABLE QualityCounts (
    Slot INTEGER NOT NULL,
    Kind TEXT NOT NULL,
    Name TEXT NOT NULL,
    Path TEXT NOT NULL,
    Rule TEXT NOT NULL,
    Count INTEGER NOT NULL,
    FirstAt INTEGER NOT NULL,
    LastAt INTEGER NOT NULL,
    Note TEXT NOT NULL,
    PRIMARY KEY (Slot, Kind, Name, Path, Rule)) WITHOUT ROWID;

-- Up to which batch each process has added to them.
CREATE TABLE QualityWriters (
    Writer TEXT PRIMARY KEY,
    Number INTEGER NOT NULL,
    Day INTEGER NOT NULL) WITHOUT ROWID;

-- The newest violations of the tracking plan, with what was found.
CREATE TABLE ViolationExamples (
    At INTEGER NOT NULL,
    Writer TEXT NOT NULL,
    Number INTEGER NOT NULL,
    CustomerKey TEXT NOT NULL,
    Source TEXT NOT NULL,
    Event TEXT NOT NULL,
    Path TEXT NOT NULL,
    Rule TEXT NOT NULL,
    Expected TEXT NOT NULL,
    Found TEXT NOT NULL,
    Action TEXT NOT NULL,
    PRIMARY KEY (At, Writer, Number)) WITHOUT ROWID;
