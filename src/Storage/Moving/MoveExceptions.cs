namespace Triggers.Storage.Moving;

/// <summary>A move cannot begin, or cannot go on.</summary>
public sealed class MoveRefusedException(string message, Exception? inner = null) : StoreRefusedException(message, inner);

/// <summary>What was moved is not what is in the data folder.</summary>
public sealed class MoveDiffersException(string where, IReadOnlyList<string> differences)
    : StoreRefusedException(
        $"The copy in {where} is not what the data folder holds:\n{string.Join('\n', differences.Take(Limits.NamedDifferences).Select(each => "  " + each))}\n"
        + (differences.Count > Limits.NamedDifferences ? $"  and {differences.Count - Limits.NamedDifferences} more\n" : "")
        + "It is not served. Drop its schema and move again; the data folder is as it was.");

/// <summary>The store is the half-way state of a move.</summary>
public sealed class StoreUnfinishedException(string where)
    : StoreRefusedException($"The store in {where} is being moved there and was not verified yet. Run `triggers migrate-store` again, with the same data folder: it goes on where it stopped.");
