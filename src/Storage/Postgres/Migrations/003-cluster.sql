-- docs/formats/postgres.md. What a cluster's silos know of each other. Orleans' ADO.NET providers read their statements from OrleansQuery, by key; the tables are
-- known to these statements alone.
CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);

-- One row a cluster: every change of its members counts it up, so that of two changes at once one is refused.
CREATE TABLE cluster_versions (deployment_id text PRIMARY KEY, version integer NOT NULL);

CREATE TABLE cluster_silos (
    deployment_id text NOT NULL REFERENCES cluster_versions,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    gateway_port integer NOT NULL,
    suspects text,
    started_at timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)) WITH (fillfactor = 50);

CREATE TABLE cluster_reminders (
    service_id text NOT NULL,
    grain_id text NOT NULL,
    name text NOT NULL,
    starts_at timestamptz NOT NULL,
    period_ms bigint NOT NULL,
    grain_hash integer NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (service_id, grain_id, name));
CREATE INDEX cluster_reminders_by_hash ON cluster_reminders (service_id, grain_hash);

CREATE TABLE cluster_grain_states (
    service_id text NOT NULL,
    grain_type text NOT NULL,
    grain_n0 bigint NOT NULL,
    grain_n1 bigint NOT NULL,
    grain_text text NOT NULL,
    state bytea,
    written_at timestamptz NOT NULL,
    version integer NOT NULL,
    PRIMARY KEY (service_id, grain_type, grain_n0, grain_n1, grain_text));

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', '
    WITH added AS (INSERT INTO cluster_versions (deployment_id, version) VALUES (@DeploymentId, 0) ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::integer FROM added'),
('InsertMembershipKey', '
    WITH counted AS (
        UPDATE cluster_versions SET version = version + 1 WHERE deployment_id = @DeploymentId AND version = @Version
            AND NOT EXISTS (SELECT 1 FROM cluster_silos WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    added AS (
        INSERT INTO cluster_silos (deployment_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
        SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM counted RETURNING 1)
    SELECT count(*)::integer FROM added'),
('UpdateMembershipKey', '
    WITH counted AS (
        UPDATE cluster_versions SET version = version + 1 WHERE deployment_id = @DeploymentId AND version = @Version
            AND EXISTS (SELECT 1 FROM cluster_silos WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
        RETURNING 1),
    changed AS (
        UPDATE cluster_silos SET status = @Status, suspects = @SuspectTimes, alive_at = @IAmAliveTime
        WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND EXISTS (SELECT 1 FROM counted) RETURNING 1)
    SELECT count(*)::integer FROM changed'),
('UpdateIAmAlivetimeKey', '
    UPDATE cluster_silos SET alive_at = @IAmAliveTime WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation'),
('MembershipReadRowKey', '
    SELECT v.deployment_id AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName, s.status AS Status,
        s.gateway_port AS ProxyPort, s.suspects AS SuspectTimes, s.started_at AS StartTime, s.alive_at AS IAmAliveTime, v.version AS Version
    FROM cluster_versions v
    LEFT JOIN cluster_silos s ON s.deployment_id = v.deployment_id AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE v.deployment_id = @DeploymentId'),
('MembershipReadAllKey', '
    SELECT v.deployment_id AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.silo_name AS SiloName, s.host_name AS HostName, s.status AS Status,
        s.gateway_port AS ProxyPort, s.suspects AS SuspectTimes, s.started_at AS StartTime, s.alive_at AS IAmAliveTime, v.version AS Version
    FROM cluster_versions v
    LEFT JOIN cluster_silos s ON s.deployment_id = v.deployment_id
    WHERE v.deployment_id = @DeploymentId'),
('DeleteMembershipTableEntriesKey', '
    WITH gone AS (DELETE FROM cluster_silos WHERE deployment_id = @DeploymentId)
    DELETE FROM cluster_versions WHERE deployment_id = @DeploymentId'),
('GatewaysQueryKey', '
    SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation FROM cluster_silos
    WHERE deployment_id = @DeploymentId AND status = @Status AND gateway_port > 0'),
('CleanupDefunctSiloEntriesKey', '
    DELETE FROM cluster_silos WHERE deployment_id = @DeploymentId AND alive_at < @IAmAliveTime AND status <> 3'),
('UpsertReminderRowKey', '
    INSERT INTO cluster_reminders AS r (service_id, grain_id, name, starts_at, period_ms, grain_hash, version)
    VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    ON CONFLICT (service_id, grain_id, name) DO UPDATE
        SET starts_at = excluded.starts_at, period_ms = excluded.period_ms, grain_hash = excluded.grain_hash, version = r.version + 1
    RETURNING version AS Version'),
('ReadReminderRowsKey', '
    SELECT grain_id AS GrainId, name AS ReminderName, starts_at AS StartTime, period_ms AS Period, version AS Version FROM cluster_reminders
    WHERE service_id = @ServiceId AND grain_id = @GrainId'),
('ReadReminderRowKey', '
    SELECT grain_id AS GrainId, name AS ReminderName, starts_at AS StartTime, period_ms AS Period, version AS Version FROM cluster_reminders
    WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName'),
('ReadRangeRows1Key', '
    SELECT grain_id AS GrainId, name AS ReminderName, starts_at AS StartTime, period_ms AS Period, version AS Version FROM cluster_reminders
    WHERE service_id = @ServiceId AND grain_hash > @BeginHash AND grain_hash <= @EndHash'),
('ReadRangeRows2Key', '
    SELECT grain_id AS GrainId, name AS ReminderName, starts_at AS StartTime, period_ms AS Period, version AS Version FROM cluster_reminders
    WHERE service_id = @ServiceId AND (grain_hash > @BeginHash OR grain_hash <= @EndHash)'),
('DeleteReminderRowKey', '
    WITH gone AS (
        DELETE FROM cluster_reminders WHERE service_id = @ServiceId AND grain_id = @GrainId AND name = @ReminderName AND version = @Version RETURNING 1)
    SELECT count(*)::integer FROM gone'),
('DeleteReminderRowsKey', '
    DELETE FROM cluster_reminders WHERE service_id = @ServiceId'),
('ReadFromStorageKey', '
    SELECT state AS PayloadBinary, written_at AS ModifiedOn, version AS Version FROM cluster_grain_states
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain_text = coalesce(@GrainIdExtensionString, '''')'),
('WriteToStorageKey', '
    WITH changed AS (
        UPDATE cluster_grain_states SET state = @PayloadBinary, written_at = now(), version = version + 1
        WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain_text = coalesce(@GrainIdExtensionString, '''')
            AND version = @GrainStateVersion
        RETURNING version),
    added AS (
        INSERT INTO cluster_grain_states (service_id, grain_type, grain_n0, grain_n1, grain_text, state, written_at, version)
        SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''''), @PayloadBinary, now(), 1 WHERE @GrainStateVersion IS NULL
        ON CONFLICT DO NOTHING
        RETURNING version)
    SELECT coalesce((SELECT version FROM changed), (SELECT version FROM added), @GrainStateVersion) AS NewGrainStateVersion'),
('ClearStorageKey', '
    UPDATE cluster_grain_states SET state = NULL, written_at = now(), version = version + 1
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain_text = coalesce(@GrainIdExtensionString, '''')
        AND version = @GrainStateVersion
    RETURNING version AS NewGrainStateVersion'),
('DeleteStorageKey', '
    DELETE FROM cluster_grain_states
    WHERE service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_n0 = @GrainIdN0 AND grain_n1 = @GrainIdN1 AND grain_text = coalesce(@GrainIdExtensionString, '''')
        AND version = @GrainStateVersion
    RETURNING version + 1 AS NewGrainStateVersion');
