-- Holds nothing but zeros, while freed pages are being overwritten.
CREATE TABLE Zeros (Id INTEGER PRIMARY KEY, Data BLOB NOT NULL);

-- 1: erased customers are rewritten, but the WAL may hold what was there before.
INSERT INTO Meta (Name, Value) VALUES ('WalKeepsErased', 0);
