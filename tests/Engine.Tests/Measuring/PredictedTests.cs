using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Explanations;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using Triggers.Engine.Tests.Definitions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Measuring;

/// <summary>What models of purchases tell customers, as conditions see it.</summary>
public sealed class PredictedTests
{
    private const string Value = "{ order: Order, amount: properties.total }";

    private const string Segments = """
        leaving: predicted.alive < 0.5
        keen: predicted.purchases >= 2 and predicted.average > 10
        dear: not predicted.value < 100
        best: top(25%, predicted.value)
        """;

    private const string Welcome = """
        campaign: win-back
        trigger: { enters: leaving }
        reentry: always
        steps: [ { wait: 1h } ]
        """;

    [Fact]
    public void Segments_stand_where_the_last_told_numbers_put_them_through_merges_and_round_trips() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60).WithEndSize(60).WithReplay(20_261_122, 41), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).ArrayOf()), steps =>
        {
            var (world, twin) = (new World(Shop()) { RoundTrips = true }, new World(Shop()));
            var told = new Dictionary<string, double?[]>(StringComparer.Ordinal);
            foreach (var step in steps)
            {
                var key = (step / 5 % 4) switch { 0 => "a:device", 1 => "u:ann", 2 => "u:ben", _ => "u:cleo" };
                foreach (var each in new[] { world, twin })
                {
                    each.RunTo(each.Now + (step % 97 * Minute) + 1000);
                    if (step % 5 == 0)
                    {
                        each.Track(key, "Order", """{"total":5}""");
                    }
                    else if (step % 41 == 1)
                    {
                        each.Identify("u:ann", "{}", "device");
                    }
                    else
                    {
                        Tell(each, key, Numbers(step));
                    }
                }

                if (step % 5 != 0 && step % 41 != 1 && world.Of(key) is { Exists: true, MergedInto: null })
                {
                    told[key] = Numbers(step);
                }
            }

            Assert.Equal(twin.Trace, world.Trace);
            foreach (var (key, customer) in world.Customers.Where(item => item.Value is { Exists: true, MergedInto: null }))
            {
                var (alive, purchases, average, value) = told.GetValueOrDefault(key) is { } numbers ? (numbers[0], numbers[1], numbers[2], numbers[3]) : (null, null, null, null);
                Assert.Equal(alive < 0.5, customer.IsIn("leaving"));
                Assert.Equal(purchases >= 2 && average > 10, customer.IsIn("keen"));
                Assert.Equal(!(value < 100), customer.IsIn("dear"));
                Assert.Equal(alive is not null || value is not null || purchases is not null || average is not null, Prediction.ToldTo(customer) is not null);
            }
        }));

    [Fact]
    public void The_first_telling_finds_out_and_a_later_one_triggers()
    {
        var world = new World(Shop());
        world.Track("u:ann", "Order").Track("u:ben", "Order");

        Tell(world, "u:ann", [0.2, 1, 10, 50], isFirst: true);
        Assert.True(world.Of("u:ann").IsIn("leaving"));
        Assert.Empty(world.Of("u:ann").EntriesIn(world.Program));

        Tell(world, "u:ben", [0.2, 1, 10, 50]);
        Assert.Single(world.Of("u:ben").EntriesIn(world.Program));
        Assert.Equal(2, world["segment/leaving/size"]);
    }

    [Fact]
    public void An_explanation_says_the_number_and_when_it_was_told()
    {
        var world = new World(Shop());
        world.Track("u:ann", "Order");
        var before = Explainer.Segment(world.Of("u:ann"), world.Facts, "leaving", world.Now)!.Checks[0];
        Tell(world, "u:ann", [0.25, 1, 10, 50]);
        var after = Explainer.Segment(world.Of("u:ann"), world.Facts, "leaving", world.Wait(Day).Now)!.Checks[0];

        Assert.Contains("not told yet", before.Seen[0].Note, StringComparison.Ordinal);
        Assert.Equal("0.25", after.Seen[0].Value);
        Assert.Contains("as told on 2026-01-05", after.Seen[0].Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_are_told_again_only_when_they_have_moved()
    {
        var told = Prediction.Of(0.5, 2, 100, null);

        Assert.False(Prediction.Of(0.505, 2.05, 104, null).HasMovedFrom(told));
        Assert.True(Prediction.Of(0.45, 2, 100, null).HasMovedFrom(told));
        Assert.True(Prediction.Of(0.5, 2, 106, null).HasMovedFrom(told));
        Assert.True(Prediction.Of(0.5, 2, 100, 1).HasMovedFrom(told));
        Assert.True(told.HasMovedFrom(null));
        Assert.Equal((0.5, null), (Prediction.Parse(told.ToBytes())[PredictedNumber.Alive], Prediction.Parse(told.ToBytes())[PredictedNumber.Worth]));
        Assert.Null(Prediction.Of(double.NaN, -1, double.PositiveInfinity, null)[PredictedNumber.Average]);
    }

    [Fact]
    public void Without_a_value_file_validation_says_what_to_write()
    {
        var result = Folder.Load(("segments.yaml", "leaving: predicted.alive < 0.5\ntypo: predicted.alve < 1\n"));

        Assert.Null(result.Definitions);
        Assert.Contains(result.Errors, error => error.ToString().Contains("`predicted.alive` is predicted from past orders, and nothing says what an order is: write a value.yaml", StringComparison.Ordinal));
        Assert.Contains(result.Errors, error => error.ToString().Contains("predicted.alive", StringComparison.Ordinal) && error.ToString().Contains("`predicted.alve` is not predicted", StringComparison.Ordinal));
    }

    [Fact]
    public void What_was_told_stays_when_definitions_change_and_goes_with_the_value_file()
    {
        var world = new World(Shop());
        world.Track("u:ann", "Order");
        Tell(world, "u:ann", [0.2, 1, 10, 500]);
        world.Activate(Folder.Valid(Folder.Load(("value.yaml", Value), ("segments.yaml", "rich: predicted.value > 100\n"))));
        Assert.True(world.Wait(1000).Timer("u:ann").Of("u:ann").IsIn("rich"));

        world.Activate(Folder.Valid(Folder.Load(("segments.yaml", "pro: traits.plan = 'pro'\n"))));
        Assert.Null(Prediction.ToldTo(world.Wait(1000).Timer("u:ann").Of("u:ann")));
    }

    private static DefinitionSet Shop() => Folder.Valid(Folder.Load(("value.yaml", Value), ("segments.yaml", Segments), ("campaigns/win-back.yaml", Welcome)));

    /// <summary>Some are missing now and then.</summary>
    private static double?[] Numbers(int step) =>
        [step % 7 == 0 ? null : step / 7 % 100 / 100.0, step / 11 % 400 / 100.0, step % 3 == 0 ? null : step / 13 % 30, step % 3 == 0 ? null : step / 17 % 200];

    private static void Tell(World world, string key, double?[] numbers, bool isFirst = false)
    {
        using var batch = new RecordBatch();
        batch.AddPredicted(Utf8(key), Prediction.Of(numbers).ToBytes(), isFirst);
        world.Apply(batch);
    }
}
