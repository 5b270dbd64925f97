using System.Net.Sockets;
using Npgsql;

namespace Triggers.Storage.Postgres.Data;

/// <summary>What an error of the server means for whoever asked.</summary>
internal static class Failures
{
    /// <summary>The server is away, starts, stops or has no room: what was asked is to be asked again later, unchanged.</summary>
    public static bool IsUnavailable(Exception error) => error switch
    {
        // Class 08 connection, 53 insufficient resources (a full disk, too many connections), 57P operator intervention, 58 system error.
        PostgresException server => server.SqlState.StartsWith("08", StringComparison.Ordinal) || server.SqlState.StartsWith("53", StringComparison.Ordinal)
            || server.SqlState.StartsWith("57P", StringComparison.Ordinal) || server.SqlState.StartsWith("58", StringComparison.Ordinal)
            || server.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction

            // The writer's row is not as it left it (WriterSession.Count): another process has the store now.
            or PostgresErrorCodes.DivisionByZero

            // idle_in_transaction_session_timeout: this process was frozen in the middle of a transaction.
            or "25P03",
        NpgsqlException or SocketException or TimeoutException or IOException => true,
        _ => false,
    };

    /// <summary>Two transactions were in each other's way: to be tried again at once.</summary>
    public static bool IsConflict(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>A child table of the log is missing.</summary>
    public static bool IsMissingRange(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.CheckViolation, ConstraintName: null };

    /// <summary>For the log and for 503 answers: what happened, without what was sent.</summary>
    public static string Reason(Exception error) => error is PostgresException server ? $"{server.MessageText} ({server.SqlState})" : error.Message;
}
