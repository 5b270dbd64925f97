using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Records;
using Triggers.Engine.Text;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.Lists;

/// <summary>Takes uploads into the store, a piece at a time so that live commits go on between; whoever is changed is told by the <see cref="ListTeller"/>.</summary>
internal sealed class ListService(IListStore store, ISearchIndex search, IDefinitions definitions, CustomerReader reader, Action changed, TimeProvider time) : IStaticLists, IDisposable
{
    /// <summary>Exact matches come first; an address that so many share is ambiguous long before.</summary>
    private const int EmailsLooked = 20;

    private readonly SemaphoreSlim _one = new(1);

    public IReadOnlyList<ListView> List()
    {
        var mentions = ListMentions.In(definitions.Current);
        var stored = store.All();
        var missing = mentions.Select(mention => mention.List).Distinct(StringComparer.Ordinal).Where(id => !stored.Any(list => list.Id == id));
        return
        [
            .. stored.Select(list => View(list, mentions))
                .Concat(missing.Select(id => Missing(id, mentions, stored.Select(list => list.Id))))
                .OrderBy(list => list.Id, StringComparer.Ordinal),
        ];
    }

    public ListView? Find(string id)
    {
        var mentions = ListMentions.In(definitions.Current);
        return store.Find(id) is { } list ? View(list, mentions)
            : mentions.Any(mention => mention.List == id) ? Missing(id, mentions, store.All().Select(other => other.Id))
            : null;
    }

    public async Task<ListUpload> UploadAsync(string id, ListMode mode, IReadOnlyCollection<string> userIds, CancellationToken cancellation)
    {
        if (StaticList.WhyNoId(id) is { } why)
        {
            throw new ListRefusedException(why);
        }

        await _one.WaitAsync(cancellation);
        try
        {
            var before = Check(id, mode, userIds.Count);
            var upload = mode == ListMode.Remove ? before!.Upload : await store.BeginAsync(id, Now());
            long added = 0, removed = 0;
            foreach (var piece in userIds.Chunk(Limits.ListPiece))
            {
                if (mode == ListMode.Remove)
                {
                    removed += await store.TakeAsync(id, piece);
                }
                else
                {
                    added += await store.PutAsync(id, upload, piece);
                }
            }

            for (var more = mode == ListMode.Replace; more;)
            {
                var taken = await store.TakeOlderAsync(id, upload, Limits.ListPiece);
                removed += taken;
                more = taken == Limits.ListPiece;
            }

            return new ListUpload(id, added, removed, store.Find(id)?.Members ?? 0);
        }
        finally
        {
            _one.Release();
            changed();
        }
    }

    public async Task<bool> DropAsync(string id, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return await store.DropAsync(id, Now());
        }
        finally
        {
            _one.Release();
            changed();
        }
    }

    public IReadOnlyList<string>? Members(string id, string? after, int limit) => store.Find(id) is null ? null : store.Members(id, after, limit);

    public async Task<IReadOnlyList<string>> WithEmailAsync(string email, CancellationToken cancellation)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var match in search.Find(email, EmailsLooked))
        {
            if (found.Count < 2 && string.Equals(match.Email, email, StringComparison.OrdinalIgnoreCase) && await reader.ReadAsync(new CustomerKey(match.CustomerKey), cancellation) is { IsAnonymous: false } customer)
            {
                found.Add(new CustomerKey(customer.Key).Id);
            }
        }

        return [.. found];
    }

    public void Dispose() => _one.Dispose();

    /// <summary>What a set of definitions asks for and nobody has uploaded, in words.</summary>
    public static IReadOnlyList<string> Warnings(DefinitionSet definitions, IListStore store)
    {
        var mentions = ListMentions.In(definitions);
        if (mentions.Count == 0)
        {
            return [];
        }

        var known = store.All().Where(list => !list.IsDropped).Select(list => list.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. mentions.GroupBy(mention => mention.List, StringComparer.Ordinal).Where(group => !known.Contains(group.Key)).Select(group =>
                $"{string.Join(", ", group.Select(mention => $"{mention.Kind} {mention.Id}"))}: there is no list '{group.Key}', so nobody is on it until one is uploaded.{Suggest.Phrase(Suggest.For(group.Key, known))}"),
        ];
    }

    /// <summary>Refuses before anything is done.</summary>
    private StoredList? Check(string id, ListMode mode, int users)
    {
        var before = store.Find(id);
        if (before is { IsDropped: true })
        {
            throw new ListRefusedException($"The list '{id}' is being removed ({before.Members + before.Waiting} customers are still to be told). Try again when it is gone.");
        }

        if (before is null && mode == ListMode.Remove)
        {
            throw new ListRefusedException($"There is no list '{id}'.{Suggest.Phrase(Suggest.For(id, store.All().Select(list => list.Id)))}");
        }

        if (before is null && store.All().Count >= Limits.ListsMax)
        {
            throw new ListRefusedException($"There are {Limits.ListsMax} lists, as many as there may be: remove one that nothing asks for.");
        }

        var most = mode switch { ListMode.Replace => users, ListMode.Add => (before?.Members ?? 0) + users, _ => 0 };
        return most > Limits.ListMembersMax ? throw new ListRefusedException($"A list holds at most {Limits.ListMembersMax:N0} users; this would make up to {most:N0}.") : before;
    }

    private static ListView View(StoredList list, IReadOnlyList<ListMention> mentions) => new(
        list.Id, Exists: true, list.Members, list.Waiting, list.Waiting == 0 ? 100 : Math.Floor(1000.0 * (1 - ((double)list.Waiting / Math.Max(list.Waiting, list.Members + 1)))) / 10, list.IsDropped,
        TimeOf(list.CreatedAt), TimeOf(list.ChangedAt), UsedBy(list.Id, mentions), []);

    private static ListView Missing(string id, IReadOnlyList<ListMention> mentions, IEnumerable<string> known) =>
        new(id, Exists: false, 0, 0, 100, Dropping: false, null, null, UsedBy(id, mentions), Suggest.For(id, known));

    private static IReadOnlyList<string> UsedBy(string id, IReadOnlyList<ListMention> mentions) =>
        [.. mentions.Where(mention => mention.List == id).Select(mention => $"{mention.Kind} {mention.Id}")];

    private static DateTimeOffset TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
