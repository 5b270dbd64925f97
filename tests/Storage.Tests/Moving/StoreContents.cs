using System.Globalization;

namespace Triggers.Storage.Tests.Moving;

/// <summary>All that a store tells about what it holds, as lines that can be compared.</summary>
internal static class StoreContents
{
    public static List<string> Of(IStore store, params string[] searched)
    {
        var lines = new List<string> { Line("store", store.Info.StoreId, Convert.ToHexString(store.Info.Secret), store.Info.Partitions, store.Info.CreatedAt) };
        var recovery = store.Recover();
        lines.AddRange(recovery.Partitions.Select(mark => Line("mark", mark.Partition, mark.Epoch, mark.Cursor, mark.Floor, Convert.ToHexString(mark.FloorState), mark.Head)));
        lines.AddRange(recovery.Counters.OrderBy(counter => counter.Key).Select(counter => Line("counter", counter.Key, counter.Value)));
        for (var partition = 0; partition < store.Info.Partitions; partition++)
        {
            lines.AddRange(store.History.ReadAll(partition).OrderBy(record => record.Offset).Select(record => Line("record", partition, record.Offset, record.At, Convert.ToHexString(record.Bytes.Span))));
            lines.AddRange(store.Customers.Scan(partition, null).Select(state => Line("state", partition, state.Hash, Convert.ToHexString(state.State.Span))));

            // SQLite's index knows them to the second, rounded up.
            var dues = new List<string>();
            store.Customers.VisitDues(partition, (hash, due) => dues.Add(Line("due", partition, hash, due == long.MaxValue ? due : (due + 999) / 1000)));
            lines.AddRange(dues.Order());
        }

        var checksums = new SortedSet<string>(StringComparer.Ordinal);
        store.Checksums.Read([.. recovery.Partitions.Select(mark => new PartitionOffset(mark.Partition, 0))], (partition, first, bytes) =>
        {
            for (var i = 0; i < bytes.Length; i += 2)
            {
                checksums.Add(Line("checksum", partition, first + (i / 2), bytes[i], bytes[i + 1]));
            }
        });
        lines.AddRange(checksums);
        lines.AddRange(store.Messages.List(null, null, null, null, 1000).Select(message => $"{message} cancelled: {store.Outbox.Look(message.MessageId)?.CancelReason}"));
        lines.AddRange(store.Outbox.ReadDue("email", long.MaxValue, 1000, new HashSet<string>()).Select(message => $"{message with { Data = [] }} {Convert.ToHexString(message.Data)}"));
        lines.Add($"{store.Outbox.Depth()} {store.Outbox.NextAttempt("email", 0)} {store.Customers.Count} {store.Rejected.Total} {store.Mailbox.Count()}");
        lines.AddRange(store.Mailbox.List(null, 100).Select(mail => $"{mail}"));
        lines.AddRange(store.Rejected.List(null, 100).Select(rejected => $"{rejected}"));
        lines.AddRange(store.Imports.List().Select(import => $"{import}"));
        lines.AddRange(store.Definitions.Read(0, int.MaxValue).SelectMany(version => version.Files.OrderBy(file => file.Path).Select(file => Line("definition", version.Version, version.SavedAt, file.Path, file.Text))));
        lines.Add(Line("setting", store.Settings.Get("sending/paused") ?? "none", store.Settings.Get("other") ?? "none"));
        lines.AddRange(searched.SelectMany(text => store.Search.Find(text, 100).Select(found => $"found by {text}: {found}")));
        lines.AddRange(store.Lists.All().SelectMany(list => store.Lists.Members(list.Id, null, 100).Append($"{list}")));
        lines.AddRange(store.Lists.Pending(100).Select(order => $"{order}"));
        lines.AddRange(store.Quality.Sum(default).Select(count => $"{count}").Order(StringComparer.Ordinal));
        lines.AddRange(store.Quality.Examples(default).Select(example => $"{example}"));
        lines.AddRange(store.PendingErasures().Select(erasure => $"{erasure}"));
        return lines;
    }

    private static string Line(params object[] values) => string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)));
}
