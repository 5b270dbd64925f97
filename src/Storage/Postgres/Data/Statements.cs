using Npgsql;

namespace Triggers.Storage.Postgres.Data;

/// <summary>Statements that go to the server together, in one message, and what is to be done with the rows of those that give some.</summary>
internal sealed class Statements
{
    private readonly List<NpgsqlBatchCommand> _commands = [];
    private readonly List<Action<NpgsqlDataReader>> _readers = [];

    public int Count => _commands.Count;

    /// <summary>A statement that gives no rows.</summary>
    public Statements Add(string sql, params ReadOnlySpan<object?> arguments)
    {
        _commands.Add(Create(sql, arguments));
        return this;
    }

    /// <summary>A statement that gives rows, however few: each is handed over.</summary>
    public Statements Read(string sql, Action<NpgsqlDataReader> row, params ReadOnlySpan<object?> arguments)
    {
        _commands.Add(Create(sql, arguments));
        _readers.Add(row);
        return this;
    }

    /// <summary>Without an open transaction they are one of their own: all or none.</summary>
    public async Task RunAsync(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        await using (batch.ConfigureAwait(false))
        {
            foreach (var command in _commands)
            {
                batch.BatchCommands.Add(command);
            }

            var row = await batch.ExecuteReaderAsync().ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                for (var result = 0; result < _readers.Count; result++)
                {
                    while (await row.ReadAsync().ConfigureAwait(false))
                    {
                        _readers[result](row);
                    }

                    await row.NextResultAsync().ConfigureAwait(false);
                }

                // The last statements have no rows, but may have failed.
                while (await row.NextResultAsync().ConfigureAwait(false))
                {
                }
            }
        }
    }

    private static NpgsqlBatchCommand Create(string sql, ReadOnlySpan<object?> arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(Parameters.Of(argument));
        }

        return command;
    }
}
