using System.Globalization;
using Npgsql;

namespace Triggers.Storage.Moving;

/// <summary>What goes to the target in one transaction.</summary>
/// <param name="Position">How far its step is with it; the step's own text.</param>
/// <param name="Items">Records, states and rows in it, for progress.</param>
/// <param name="Instants">Those (ms) of records in it: their days need tables.</param>
internal sealed record Slice(string Position, long Items, IReadOnlyCollection<long> Instants, Func<NpgsqlConnection, Task> WriteAsync)
{
    public static string PositionOf(params ReadOnlySpan<long> numbers) => string.Join(' ', numbers.ToArray().Select(number => number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Empty where the step has not begun.</summary>
    public static long[] Numbers(string position)
        => position.Length == 0 ? [] : Array.ConvertAll(position.Split(' '), number => long.Parse(number, CultureInfo.InvariantCulture));

    public static async Task CopyAsync(NpgsqlConnection connection, string copy, IEnumerable<object?[]> rows)
    {
        var importer = await connection.BeginBinaryImportAsync(copy).ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            foreach (var row in rows)
            {
                await importer.WriteRowAsync(default, row).ConfigureAwait(false);
            }

            await importer.CompleteAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>One kind of thing that is moved, in slices, from any position on.</summary>
internal interface IMoveStep
{
    /// <summary>Stands in the journal: append-only.</summary>
    string Name { get; }

    /// <summary>What comes after a position; empty: everything.</summary>
    IEnumerable<Slice> Read(string position);
}
