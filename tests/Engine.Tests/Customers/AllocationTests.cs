using System.Diagnostics;
using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Xunit.Abstractions;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>The budget of the hot path: what an event may allocate with 50 segments and 10 live campaigns, and that what does not mention it costs nothing.</summary>
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int PerBatch = 100;

    [Fact]
    public void A_typical_event_allocates_next_to_nothing()
    {
        var world = new World(Shop(50));
        var records = Batch(world.Now, people: 20);
        Apply(world, records, 900);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.GetTimestamp();
        var quiet = Apply(world, records, 100);
        var elapsed = Stopwatch.GetElapsedTime(clock);
        var perEvent = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)quiet;

        output.WriteLine($"{perEvent:F1} bytes and {elapsed.TotalNanoseconds / quiet:F0} ns an event; {Sizes(world)}");
        Assert.InRange(perEvent, 0, 32);
    }

    [Fact]
    public void Segments_that_do_not_mention_an_event_cost_it_no_memory()
    {
        var (few, many) = (new World(Shop(10)), new World(Shop(10, others: 10_000)));
        var records = Batch(few.Now, people: 100);
        Apply(few, records, 200);
        Apply(many, records, 200);

        var allocated = new long[2];
        var times = new double[2];
        foreach (var (world, index) in new[] { (few, 0), (many, 1) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.GetTimestamp();
            Apply(world, records, 200);
            times[index] = Stopwatch.GetElapsedTime(clock).TotalNanoseconds / (200 * PerBatch);
            allocated[index] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        output.WriteLine($"10 segments: {times[0]:F0} ns; 10,010 segments: {times[1]:F0} ns an event");
        Assert.InRange(allocated[1], 0, (long)(allocated[0] * 1.2) + 1_000);
    }

    [Fact]
    public void Reading_a_state_costs_about_its_size()
    {
        var world = new World(Shop(50));
        Apply(world, Batch(world.Now, people: 1_000), 200);
        var states = world.Customers.Values.Select(customer =>
        {
            using var writer = new ByteWriter();
            CustomerCodec.Write(customer, writer);
            return writer.Written.ToArray();
        }).ToList();
        states.ForEach(state => CustomerCodec.Read(state));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.GetTimestamp();
        states.ForEach(state => CustomerCodec.Read(state));
        var elapsed = Stopwatch.GetElapsedTime(clock);
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / states.Count;

        output.WriteLine($"{states.Average(state => state.Length):F0} bytes stored, {allocated} read, {elapsed.TotalNanoseconds / states.Count:F0} ns");
        Assert.InRange(allocated, 0, 6_000);
    }

    private static int Apply(World world, byte[][] records, int batches)
    {
        var effects = new Counting();
        for (var batch = 0; batch < batches; batch++)
        {
            world.Now += 50;
            for (var i = 0; i < PerBatch; i++)
            {
                RecordView.Read(records[((batch * 37) + (i * 101)) % records.Length], out var view);
                view.At = view.OccurredAt = world.Now;
                var key = view.CustomerHash;
                if (!effects.People(world).TryGetValue(key, out var customer))
                {
                    customer = new Customer(view.Key, key, world.Heap);
                    effects.People(world).Add(key, customer);
                    world.Customers.Add(customer.Key, customer);
                }

                Machine.Apply(customer, in view, world.Facts, effects);
            }
        }

        return batches * PerBatch;
    }

    /// <summary>Typical records of a shop: without message ids of their own, since those are kept by design.</summary>
    private static byte[][] Batch(long now, int people)
    {
        using var batch = new RecordBatch();
        string[] names = ["Product Viewed", "Product Viewed", "Product Viewed", "Product Added", "Product List Viewed", "Search", "Order Completed"];
        for (var i = 0; i < people * names.Length; i++)
        {
            batch.AddTrack(
                new CustomerKey($"u:{i % people}"),
                names[i / people],
                now,
                "",
                $$"""{"sku":"sku-{{i % 50}}","category":"shoes","price":{{i % 90}}.5,"total":{{i % 200}}.25,"currency":"USD","url":"https://shop.example.com/p/{{i}}","list":[1,2,3]}""");
        }

        return [.. Split(batch)];
    }

    private static string Sizes(World world) => $"{world.Heap.UsedBytes / world.Customers.Count:F0} bytes a customer in memory";

    private static DefinitionSet Shop(int segments, int others = 0)
    {
        string[] names = ["Product Viewed", "Product Added", "Product List Viewed", "Search", "Order Completed"];
        var all = Enumerable.Range(0, segments).Select(i => ($"s{i}", (i % 5) switch
        {
            0 => $"count('{names[i / 5 % 5]}', where properties.price > {i}, within {(i % 7) + 1}d) >= {(i % 4) + 2} and not did('Order Completed', within 7d)",
            1 => $"sum('Order Completed', properties.total, within {(i % 9) + 1}d) >= {i * 10}",
            2 => $"score >= {i + 5}",
            3 => $"traits.plan = 'pro' and did('{names[i % 5]}', within 1d)",
            _ => $"lifecycle = 'active' and count('{names[i % 5]}', within 30d) > {i}",
        })).Concat(Enumerable.Range(0, others).Select(i => ($"o{i}", $"count('Other {i}', where properties.p{i % 100} > 3, within 7d) >= 3")));
        var campaigns = Enumerable.Range(0, 10).Select(i => new CampaignDefinition
        {
            Id = $"c{i}",
            ContentHash = $"c{i}",
            Trigger = i % 2 == 0 ? new TriggerDefinition(TriggerKind.Event, names[i / 2]) : new TriggerDefinition(TriggerKind.SegmentEntered, $"s{i}"),
            Audience = Parse("exists(traits.email) and not lifecycle = 'dormant'"),
            Exit = Parse("did('Order Completed', since entry)", ExpressionScope.Campaign),
            Goal = new GoalDefinition("Order Completed", null, "total", 3 * Day),
            Steps = [new WaitStep("1", Hour), new SendStep("2", "email", "t", null, null)],
        });
        return Define(
            all,
            new ScoringDefinition { HalfLifeMs = 14 * Day, Rules = [new ScoreRule("Product Viewed", null, 1, 20), new ScoreRule("Order Completed", null, 10, null)] },
            campaigns: [.. campaigns]);
    }

    /// <summary>Effects that cost nothing.</summary>
    private sealed class Counting : IEffects
    {
        private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<World, Dictionary<ulong, Customer>> s_people = [];

        public RecordBatch Records { get; } = new();

        public Dictionary<ulong, Customer> People(World world) => s_people.GetOrCreateValue(world);

        public void Count(Counter counter, long delta)
        {
        }

        public void Send(MessageDecision message)
        {
        }

        public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
        {
        }

        public void Index(string customerKey, string? email, string? name)
        {
        }

        public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
        {
        }
    }
}
