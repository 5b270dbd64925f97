-- docs/formats/postgres.md. Each process of a cluster sends for the partitions it owns: the index finds, counts and orders one partition's queued messages.
CREATE INDEX messages_of_partition ON messages (partition, channel, next_attempt_at, sequence) INCLUDE (decided_at) WHERE status = 'queued';
DROP INDEX messages_queued;
