using Triggers.Tests.Shared;

namespace Triggers.Storage.Tests.Compliance;

/// <summary>Statistics of events, of however many processes.</summary>
public abstract class QualityCompliance : StoreTests
{
    private const long Day = 20_000, Hour = 480_000, At = 1_728_000_000_000;
    private static readonly QualityHorizon s_all = new(0, 0, 0);
    private static readonly QualityCount s_type = new(Day, QualityKinds.Violation, "Paid \0", "total", "type", 2, 100, 200, "flag\na number");

    private IQualityStore Quality => Store.Quality;

    [EngineFact]
    public async Task Counts_add_up_over_days_and_processes_and_have_the_note_of_the_last_one()
    {
        await Quality.AddAsync(Batch("one", 1, s_all, s_type, new QualityCount(Hour, QualityKinds.Hour, "Paid", "", "events", 5, 10, 20)));
        await Quality.AddAsync(Batch("two", 1, s_all, s_type with { Count = 3, FirstAt = 50, LastAt = 300, Note = "reject\na number" }, s_type with { Slot = Day + 1, FirstAt = 90, LastAt = 250, Note = "allow\na number" }));
        await Quality.AddAsync(Batch("one", 2, s_all, s_type with { Count = 1, FirstAt = 150, LastAt = 210, Note = "flag\nolder" }));
        await Harness.ReopenAsync();

        Assert.Equal(s_type with { Slot = 0, Count = 8, FirstAt = 50, LastAt = 300, Note = "reject\na number" }, Assert.Single(Quality.Sum(s_all with { Hour = Hour + 1 })));
        Assert.Equal((2L, "allow\na number"), (Assert.Single(Quality.Sum(new(Day + 1, Hour + 1, 0))).Count, Assert.Single(Quality.Sum(new(Day + 1, Hour + 1, 0))).Note));
        Assert.Equal(5, Assert.Single(Quality.Sum(new(Day + 2, Hour, 0))).Count);
    }

    [EngineFact]
    public async Task A_batch_that_is_there_already_changes_nothing_and_another_process_has_numbers_of_its_own()
    {
        await Quality.AddAsync(Batch("one", 7, s_all, s_type) with { Examples = [Example("one", 1, At)] });
        await Quality.AddAsync(Batch("one", 7, s_all, s_type) with { Examples = [Example("one", 1, At)] });
        await Quality.AddAsync(Batch("two", 7, s_all, s_type) with { Examples = [Example("two", 1, At)] });
        await Harness.ReopenAsync(killed: true);
        await Quality.AddAsync(Batch("one", 6, s_all, s_type));

        Assert.Equal(4, Assert.Single(Quality.Sum(s_all)).Count);
        Assert.Equal([Example("two", 1, At), Example("one", 1, At)], Quality.Examples(s_all));
    }

    [EngineFact]
    public async Task What_is_older_goes_with_the_next_batch()
    {
        var hour = new QualityCount(Hour, QualityKinds.Hour, "Paid", "", "events", 5, 10, 20);
        await Quality.AddAsync(Batch("one", 1, s_all, s_type, s_type with { Slot = Day + 1 }, hour, hour with { Slot = Hour + 1 }) with { Examples = [Example("one", 1, At), Example("one", 2, At + 1)] });
        await Quality.AddAsync(Batch("one", 2, new(Day + 1, Hour + 1, At + 1)));

        Assert.Equal([2L, 5], Quality.Sum(s_all).Select(count => count.Count).Order());
        Assert.Equal([At + 1], Quality.Examples(s_all).Select(example => example.At));
    }

    [EngineFact]
    public async Task The_newest_examples_are_kept_and_those_asked_for_are_told_newest_first()
    {
        await Quality.AddAsync(Batch("one", 1, s_all) with { Examples = [.. Enumerable.Range(0, 400).Select(i => Example("one", i, At + i))] });
        await Quality.AddAsync(Batch("two", 1, s_all) with { Examples = [.. Enumerable.Range(0, 200).Select(i => Example("two", i, At + 100 + i))] });

        var kept = Quality.Examples(s_all);
        Assert.Equal((500, At + 399, At + 100), (kept.Count, kept[0].At, kept[^1].At));
        Assert.Equal(3, Quality.Examples(s_all with { Example = At + 397 }).Count);
        Assert.Equal(Example("one", 399, At + 399), kept[0]);
    }

    private static QualityBatch Batch(string writer, long number, QualityHorizon from, params QualityCount[] counts) => new(writer, number, from, counts, []);

    private static ViolationExample Example(string writer, long number, long at)
        => new(at, writer, number, "u:ann", "shop", "Paid \0", "total", "type", "a number", "the text 'é'", "flag");
}
