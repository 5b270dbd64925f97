using System.Text.RegularExpressions;
using Triggers.Storage;

namespace Triggers.Silo.Demo;

/// <summary>
/// The demo's people read their mail: some open it, some of these follow its link into the shop, and few unsubscribe, each by the links of the mail itself, as
/// mail programs and browsers do. What came while no demo ran stays unread.
/// </summary>
internal sealed partial class MailReader(IMailbox mailbox, DemoClient client, Random random)
{
    private const double OpenChance = 0.55;
    private const double ClickChance = 0.4;
    private const double UnsubscribeChance = 0.02;

    /// <summary>Of more mails that come between two looks, the newest are read.</summary>
    private const int MailsMax = 50;

    private readonly PriorityQueue<Deed, TimeSpan> _due = new();
    private long _seen = mailbox.List(null, 1) is [var newest] ? newest.Sequence : 0;

    /// <summary>Takes in what has come, and does what is due.</summary>
    /// <returns>Who came into the shop: the numbers of the visitors.</returns>
    public async Task<IReadOnlyList<int>> ReadAsync(TimeSpan elapsed, CancellationToken cancellation)
    {
        if (mailbox.List(null, 1) is [var newest] && newest.Sequence > _seen)
        {
            foreach (var mail in mailbox.List(null, MailsMax).Where(mail => mail.Sequence > _seen && !mail.IsTest))
            {
                Plan(mail, elapsed);
            }

            _seen = newest.Sequence;
        }

        var visitors = new List<int>();
        while (_due.TryPeek(out var deed, out var at) && at <= elapsed)
        {
            _due.Dequeue();
            await client.FollowAsync(deed.Method, deed.Path, cancellation);
            if (deed.Visitor > 0)
            {
                visitors.Add(deed.Visitor);
            }
        }

        return visitors;
    }

    private void Plan(MailboxItem mail, TimeSpan elapsed)
    {
        var links = OwnLink().Matches(mail.Html).ToLookup(link => link.Groups["kind"].Value, link => link.Value, StringComparer.Ordinal);
        if (!links["o"].Any() || random.NextDouble() > OpenChance)
        {
            return;
        }

        var at = elapsed + Seconds(2, 30);
        _due.Enqueue(new Deed(HttpMethod.Get, links["o"].First(), 0), at);
        at += Seconds(1, 10);
        var chance = random.NextDouble();
        if (chance < UnsubscribeChance && links["u"].Any())
        {
            _due.Enqueue(new Deed(HttpMethod.Post, links["u"].First(), 0), at);
        }
        else if (chance < ClickChance && links["c"].Any())
        {
            _due.Enqueue(new Deed(HttpMethod.Get, links["c"].First(), Visitor.NumberOf(mail.CustomerKey)), at);
        }
    }

    private TimeSpan Seconds(double from, double to) => TimeSpan.FromSeconds(from + ((to - from) * random.NextDouble()));

    /// <summary>Pixel, redirect and unsubscription of a mail, without the address that the server is seen by from outside.</summary>
    [GeneratedRegex("/(?<kind>[ocu])/[A-Za-z0-9_-]{40,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex OwnLink();

    /// <param name="Visitor">Who visits the shop next; 0: nobody.</param>
    private sealed record Deed(HttpMethod Method, string Path, int Visitor);
}
