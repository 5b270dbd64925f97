using Triggers.Engine.Records;
using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

/// <summary>A store that keeps its log for 30 days.</summary>
public abstract class RetentionCompliance : StoreTests
{
    protected const int Days = 30;
    private const long DayMs = 86_400_000;
    private static readonly CustomerKey Ann = CustomerKey.User("ann");
    private static readonly CustomerKey Bob = CustomerKey.User("bob");

    [EngineFact]
    public async Task What_is_too_old_leaves_once_every_floor_has_passed_it()
    {
        await Harness.AppendAsync((Ann, "old"), (Bob, "old"));
        Harness.Time.Ms += (Days + 10) * DayMs;
        await Harness.AppendAsync((Ann, "new"));
        await FlushAsync(Ann);
        await Harness.SettleAsync();
        Assert.Equal(["old", "new"], Names(Ann));
        Assert.Equal(0, HistoryBeginning.Of(Store.Settings));

        await FlushAsync(Bob);
        await Harness.SettleAsync();

        Assert.Equal(["new"], Names(Ann));
        Assert.Empty(Names(Bob));
        Assert.Equal((2L, 2L), (Harness.Mark(Ann).Head, Harness.Mark(Ann).Floor));
        Assert.InRange(HistoryBeginning.Of(Store.Settings), ManualTime.Start + 1, Harness.Time.Ms - (Days * DayMs));
        Assert.Contains(1L, Checksums(Ann));
    }

    [EngineFact]
    public async Task A_log_without_its_beginning_is_opened_and_goes_on()
    {
        await Harness.AppendAsync((Ann, "old"), (Bob, "old"));
        await FlushAsync(Ann);
        await FlushAsync(Bob);
        Harness.Time.Ms += (Days + 10) * DayMs;
        await Harness.SettleAsync();
        Assert.Empty(Names(Ann));
        var from = HistoryBeginning.Of(Store.Settings);

        foreach (var killed in new[] { true, false })
        {
            await Harness.ReopenAsync(killed);
            await Harness.AppendAsync((Bob, $"next {killed}"));
        }

        Assert.Equal(from, HistoryBeginning.Of(Store.Settings));
        Assert.Equal(["next True", "next False"], (await Harness.ReadAllAsync(new PartitionOffset(Harness.PartitionOf(Bob), 1))).Select(record => record.Name));
        Assert.Equal(["next True", "next False"], Names(Bob));
        await FlushAsync(Bob);
        await Harness.SettleAsync();
        Assert.Equal(["next True", "next False"], Names(Bob));
    }

    [EngineFact]
    public async Task Whatever_is_sorted_and_merged_what_is_young_stays_and_what_is_old_leaves()
    {
        var appended = new List<(long At, string Name)>();
        for (var step = 0; step < 3 * Days; step++)
        {
            Harness.Time.Ms += DayMs * 2 / 3;
            appended.Add(((await Harness.AppendAsync((Ann, $"{step}"), (Bob, $"{step}"))).At, $"{step}"));
            await FlushAsync(Ann);
            await FlushAsync(Bob);
            if (step % 2 == 0)
            {
                await Harness.SettleAsync();
            }
        }

        await Harness.SettleAsync();

        var young = appended.FindAll(each => each.At >= Harness.Time.Ms - (Days * DayMs)).ConvertAll(each => each.Name);
        var notTooOld = appended.FindAll(each => each.At >= Harness.Time.Ms - ((Days + 8) * DayMs)).ConvertAll(each => each.Name);
        foreach (var names in new[] { Names(Ann), Names(Bob) })
        {
            Assert.Equal(young, names.TakeLast(young.Count));
            Assert.Equal(names, notTooOld.TakeLast(names.Count));
        }

        var from = HistoryBeginning.Of(Store.Settings);
        Assert.InRange(from, 1, Harness.Time.Ms - (Days * DayMs));
        Assert.Equal(appended.FindAll(each => each.At >= from).ConvertAll(each => each.Name), Names(Ann).TakeLast(appended.Count(each => each.At >= from)));
        var checksums = Checksums(Ann);
        Assert.InRange(checksums.Count, young.Count, notTooOld.Count + 1);
        Assert.Equal(appended.Count - 1, checksums[^1]);
    }

    private List<string> Names(CustomerKey key) => [.. Store.History.Read(key).Select(record => ReadRecord.Of(0, record).Name)];

    private List<long> Checksums(CustomerKey key)
    {
        var offsets = new SortedSet<long>();
        Store.Checksums.Read([new PartitionOffset(Harness.PartitionOf(key), 0)], (_, first, bytes) =>
        {
            for (var i = 0; i < bytes.Length / 2; i++)
            {
                offsets.Add(first + i);
            }
        });
        return [.. offsets];
    }

    private Task FlushAsync(CustomerKey key)
        => Store.CommitAsync(Harness.CommitOf(key, commit =>
        {
            commit.Flushes.Add(new Flush(Harness.PartitionOf(key), Harness.Mark(key).Head, [], []));
            for (var record = 0; record < commit.Advances[0].Records; record++)
            {
                commit.Checksums.Bytes([1, 0]);
            }
        }));
}
