using System.Text;
using Triggers.Runtime.Lists;

namespace Triggers.Web.Api.Lists;

/// <summary>Who the rows of an upload are, and which are nobody.</summary>
internal sealed class ListNames
{
    private const int ShownChars = 100;

    private readonly List<ListProblem> _problems = [];
    private readonly HashSet<string> _users = new(StringComparer.Ordinal);

    /// <summary>Each once.</summary>
    public IReadOnlyCollection<string> Users => _users;

    public IReadOnlyList<ListProblem> Problems => _problems;

    public long NotFound { get; private set; }

    public long Ambiguous { get; private set; }

    public long Invalid { get; private set; }

    public static async Task<ListNames> FindAsync(ListRows rows, IStaticLists lists, CancellationToken cancellation)
    {
        var names = new ListNames();
        foreach (var row in rows.Rows)
        {
            if (rows.AreEmails)
            {
                names.Add(row, await lists.WithEmailAsync(row.Value, cancellation));
            }
            else
            {
                names.Add(row);
            }
        }

        return names;
    }

    private void Add(ListRow row, IReadOnlyList<string> found)
    {
        switch (found.Count)
        {
            case 0:
                NotFound++;
                Tell(row, row.Value.Contains('@', StringComparison.Ordinal) ? "No known customer has this address." : "This is no e-mail address, and no known customer has it as one.");
                break;
            case 1:
                _users.Add(found[0]);
                break;
            default:
                Ambiguous++;
                Tell(row, "Several customers have this address: name the one who is meant by user id.");
                break;
        }
    }

    private void Add(ListRow row)
    {
        var reason = row.Value.Length == 0 ? "There is no user id in this row."
            : Encoding.UTF8.GetByteCount(row.Value) > Limits.IdBytesMax ? $"A user id has at most {Limits.IdBytesMax} bytes."
            : row.Value.Any(char.IsControl) ? "A user id has no control characters."
            : null;
        if (reason is null)
        {
            _users.Add(row.Value);
            return;
        }

        Invalid++;
        Tell(row, reason);
    }

    private void Tell(ListRow row, string reason)
    {
        if (_problems.Count < Limits.ListProblemsMax)
        {
            _problems.Add(new ListProblem(row.Line, row.Value.Length > ShownChars ? row.Value[..ShownChars] + "…" : row.Value, reason));
        }
    }
}
