-- docs/formats/log.md. The checksums of commit rows whose blocks became a run: two bytes a record, from FirstOffset on.
CREATE TABLE Checksums (Id INTEGER PRIMARY KEY, Partition INTEGER NOT NULL, FirstOffset INTEGER NOT NULL, Data BLOB NOT NULL);
CREATE UNIQUE INDEX ChecksumsByOffset ON Checksums (Partition, FirstOffset);
