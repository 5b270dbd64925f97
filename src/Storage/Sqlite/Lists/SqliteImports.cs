using Triggers.Storage.Sqlite.Writing;

namespace Triggers.Storage.Sqlite.Lists;

/// <summary>How far each import has come; the appends move it.</summary>
internal sealed class SqliteImports(StoreState state) : IImportJournal
{
    public long NextRow(string sourceHash)
    {
        lock (state.Gate)
        {
            return state.Imports.TryGetValue(sourceHash, out var entry) ? entry.NextRow : 0;
        }
    }

    public IReadOnlyList<ImportEntry> List()
    {
        lock (state.Gate)
        {
            return [.. state.Imports.Values.OrderByDescending(entry => entry.UpdatedAt).ThenBy(entry => entry.SourceHash, StringComparer.Ordinal)];
        }
    }
}
