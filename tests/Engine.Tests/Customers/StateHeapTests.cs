using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Customers;

/// <summary>Customers that share a heap: none leaves anything behind, none sees another's memory.</summary>
public sealed class StateHeapTests
{
    private static readonly (string Id, string Condition)[] s_segments =
    [
        ("views", "count('View', within 30d) >= 400"),
        ("worth", "sum('Buy', properties.v, within 1h) >= 20"),
        ("named", "traits.name = 'Ann'"),
    ];

    private static readonly CampaignDefinition s_nudge = new()
    {
        Id = "nudge",
        Trigger = new TriggerDefinition(TriggerKind.Event, "Buy"),
        Reentry = new ReentryRule(Minute),
        Steps = [new SendStep("1", "email", "hello", null, null), new WaitStep("2", 10 * Minute), new SendStep("3", "email", "again", null, null)],
        ContentHash = "n1",
    };

    [Fact]
    public void A_released_customer_leaves_nothing_behind()
    {
        var world = new World(Define(s_segments));
        Live(world, people: 50, events: 4_000);
        var reserved = world.Heap.ReservedBytes;
        Assert.InRange(world.Heap.UsedBytes, 1, reserved);

        foreach (var customer in world.Customers.Values)
        {
            customer.Release();
        }

        Assert.Equal(0, world.Heap.UsedBytes);
        world.Customers.Clear();
        Live(world, people: 50, events: 4_000);
        Assert.InRange(world.Heap.ReservedBytes, reserved, reserved * 5 / 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_to_customers_nothing_is_left_behind(int seed)
    {
        var world = new World(Define(s_segments, campaigns: s_nudge)) { RoundTrips = seed == 2 };
        var random = new Random(seed);
        for (var i = 0; i < 4_000; i++)
        {
            world.RunTo(world.Now + random.Next(20_000));
            var person = random.Next(12);
            switch (random.Next(40))
            {
                case 0:
                    world.Command($"u:{person}", CommandKind.Erase);
                    break;
                case 1:
                    world.Send($"u:{person}", EventType.Alias, other: $"{random.Next(12)}");
                    break;
                case 2:
                    world.Activate(Define(random.Next(2) == 0 ? s_segments : s_segments[..1], campaigns: random.Next(3) == 0 ? [] : [s_nudge]));
                    break;
                case < 6:
                    world.Identify($"u:{person}", random.Next(3) == 0 ? """{"email":null,"n\u0061me":"Ann"}""" : """{"email":"a\u0061@example.com"}""", device: $"d{random.Next(40)}");
                    break;
                case < 10 when world.Messages.Count > 0:
                    world.Outcome(world.Messages[random.Next(world.Messages.Count)], (OutcomeKind)random.Next(1, 4));
                    break;
                case < 20:
                    world.Track($"a:d{random.Next(40)}", "Buy", $$"""{"v":{{random.Next(30)}}}""");
                    break;
                default:
                    world.Track($"u:{person}", random.Next(4) == 0 ? "Buy" : "View", """{"v":2}""", at: world.Now - random.Next(10_000_000), device: random.Next(5) == 0 ? $"d{random.Next(40)}" : "");
                    break;
            }
        }

        Assert.True(world.Messages.Count > 100, $"only {world.Messages.Count} messages");
        Assert.True(world.Decisions.Count(decision => decision.Kind == DecisionKind.Merged) > 10, "too few merges");
        foreach (var customer in world.Customers.Values)
        {
            Assert.Equal(BytesOf(customer), BytesOf(RoundTrip(customer)));
            customer.Release();
        }

        Assert.Equal(0, world.Heap.UsedBytes);
    }

    [Fact]
    public void Neighbours_do_not_touch_each_other()
    {
        var together = new World(Define(s_segments));
        Live(together, people: 20, events: 3_000);
        for (var person = 0; person < 20; person++)
        {
            var alone = new World(Define(s_segments));
            Live(alone, people: 20, events: 3_000, only: person);
            Assert.Equal(Described(alone, person), Described(together, person));
        }
    }

    [Fact]
    public void What_is_joined_does_not_depend_on_when_a_customer_was_out_of_memory()
    {
        var stayed = new World(Define(s_segments));
        var left = new World(Define(s_segments)) { RoundTrips = true };
        Live(stayed, people: 2, events: 3_000);
        Live(left, people: 2, events: 3_000);

        Assert.All(stayed.Customers, pair => Assert.Equal(BytesOf(pair.Value), BytesOf(left.Of(pair.Key))));
    }

    private static string Described(World world, int person)
    {
        var customer = world.Of($"u:{person}");
        var memberships = customer.Memberships(world.Program).Select(membership => $"{membership.SegmentId} since {membership.Since}");
        return $"{customer.Key} {customer.EventTotal} {Encoding.UTF8.GetString(customer.TraitsJson.Span)} {string.Join(", ", memberships)} {string.Join(", ", customer.EventCounts)}";
    }

    private static void Live(World world, int people, int events, int only = -1)
    {
        ulong seed = 7;
        for (var i = 0; i < events; i++)
        {
            seed = (seed * 6364136223846793005) + 1442695040888963407;
            var person = (int)((seed >> 33) % (ulong)people);
            world.Now += (long)((seed >> 40) % 60_000);
            if (only >= 0 && only != person)
            {
                continue;
            }

            var key = $"u:{person}";
            switch ((seed >> 50) % 8)
            {
                case 0:
                    world.Identify(key, $$"""{"name":"{{(seed % 3 == 0 ? "Ann" : "Bob")}}","n":{{seed % 1_000}}}""");
                    break;
                case 1:
                    world.Track(key, "Buy", $$"""{"v":{{seed % 10}}}""");
                    break;
                case 2:
                    world.Track(key, $"Name {seed % 20}");
                    break;
                default:
                    world.Track(key, "View");
                    break;
            }
        }
    }
}
