namespace Triggers.Silo.Import;

/// <summary>One row of a file on its way into the log: a Segment event as UTF-8 JSON, or why it is none.</summary>
/// <param name="Number">0-based position among the data rows; the import journal counts by it.</param>
/// <param name="Line">1-based line of the file on which the row begins, for the report.</param>
/// <param name="Event">Empty when <see cref="Reason"/> is set.</param>
/// <param name="Text">What a row that is no event looks like, for the list of rejected events; its beginning, where it is long.</param>
public readonly record struct ImportRow(long Number, long Line, ReadOnlyMemory<byte> Event, string? Reason, string Text = "")
{
    /// <summary>What the server keeps of a rejected event; more of it would only travel.</summary>
    public const int TextLengthMax = 4096;
}

/// <summary>Reads a file row by row, in constant memory. A row's bytes are its own: they stay valid.</summary>
public interface IRowReader : IDisposable
{
    /// <summary>false: the file is at its end.</summary>
    /// <param name="skip">The row is imported already: count it, do not convert it.</param>
    bool TryRead(bool skip, out ImportRow row);
}
