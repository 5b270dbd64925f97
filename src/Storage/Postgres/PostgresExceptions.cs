namespace Triggers.Storage.Postgres;

/// <summary>The server cannot be reached, or lets this user not in.</summary>
public sealed class DatabaseUnreachableException(string where, string reason, Exception inner)
    : StoreRefusedException($"PostgreSQL at {where} cannot be used: {reason} Check --connection (or Store:Connection), that the server runs, and the user's rights.", inner);

/// <summary>Another process works on the database, and one of the two wants it alone.</summary>
public sealed class DatabaseLockedException(string where, string holder, bool isCluster)
    : StoreRefusedException($"The store in {where} is in use by another process ({holder}). Stop that one, or choose another database or schema with --connection."
        + (isCluster
            ? " That is a server by itself; a cluster's processes (--runtime orleans) share a store with each other alone."
            : " A server by itself shares its store with nobody; several processes can serve one store as a cluster (--runtime orleans)."));

/// <summary>The database was written by a newer version of the program.</summary>
public sealed class DatabaseTooNewException(string where, int format, int known)
    : StoreRefusedException($"The store in {where} has format {format}, but this version of the program knows formats up to {known}. Start a newer version, or choose another database with --connection.");

/// <summary>The schema is not what its migrations say.</summary>
public sealed class DatabaseMigrationException(string where, string reason)
    : StoreRefusedException($"The store in {where} cannot be migrated: {reason}");
