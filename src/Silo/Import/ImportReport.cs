using System.Globalization;
using Spectre.Console;

namespace Triggers.Silo.Import;

/// <summary>What an import did: counts, and what was rejected and why (the first rows of each reason).</summary>
public sealed class ImportReport
{
    private const int RowsPerReasonMax = 5;
    private const int ReasonsMax = 50;

    private readonly Dictionary<string, (long Count, List<long> Lines)> _reasons = new(StringComparer.Ordinal);

    public long Rows { get; private set; }

    /// <summary>Rows that an earlier run had brought in.</summary>
    public long AlreadyIn { get; private set; }

    public long Accepted { get; private set; }

    public long Rejected { get; private set; }

    public void AddAccepted(long count)
    {
        Rows += count;
        Accepted += count;
    }

    public void AddAlreadyIn(long count)
    {
        Rows += count;
        AlreadyIn += count;
    }

    /// <summary>Reasons beyond the fiftieth are counted together: a file of another kind would otherwise fill the screen.</summary>
    public void AddRejected(long line, string reason)
    {
        Rows++;
        Rejected++;
        if (!_reasons.ContainsKey(reason) && _reasons.Count >= ReasonsMax)
        {
            reason = "other reasons";
        }

        var entry = _reasons.TryGetValue(reason, out var seen) ? seen : (Count: 0, Lines: []);
        if (entry.Lines.Count < RowsPerReasonMax)
        {
            entry.Lines.Add(line);
        }

        _reasons[reason] = (entry.Count + 1, entry.Lines);
    }

    public void Print(IAnsiConsole console, TimeSpan elapsed)
    {
        var rate = elapsed.TotalSeconds > 0 ? (Accepted + Rejected) / elapsed.TotalSeconds : 0;
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"[bold]{Rows:N0}[/] rows: [green]{Accepted:N0}[/] imported, {AlreadyIn:N0} already in, {(Rejected > 0 ? $"{Rejected:N0} rejected" : "none rejected")}; {elapsed.TotalSeconds:N1} s, {rate:N0} rows/s");
        if (_reasons.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("rejected").RightAligned()).AddColumn("reason").AddColumn("on lines");
        foreach (var (reason, (count, lines)) in _reasons.OrderByDescending(pair => pair.Value.Count).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var where = string.Join(", ", lines) + (count > lines.Count ? ", …" : "");
            table.AddRow(count.ToString("N0", CultureInfo.InvariantCulture), Markup.Escape(reason), where);
        }

        console.Write(table);
    }
}
