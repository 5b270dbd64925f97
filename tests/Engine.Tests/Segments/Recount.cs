using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Segments;

/// <summary>Lives through made-up days, event by event and due instant by due instant, and counts everything anew at each of them and one millisecond before.</summary>
internal static class Recount
{
    private static readonly string[] s_properties =
        ["""{"v":7,"c":"red"}""", """{"v":"2.5","c":"blue"}""", """{"v":-3,"c":5}""", """{"v":9.25,"c":"5.0"}""", """{"c":true}""", """{"v":"n/a","c":null}""", """{"v":4,"c":["red"]}""", """{"v":5,"c":"r\u0065d"}"""];

    public static void Live(DefinitionSet definitions, int[] steps, int mergeAt)
    {
        var (world, naive) = (new World(definitions) { RoundTrips = true }, new Naive(definitions));
        for (var i = 0; i < steps.Length; i++)
        {
            var until = world.Now + ((steps[i] % 7) switch { 0 => 0, 1 => 400, 2 => Hour, 3 => 11 * Hour, 4 => Second, 5 => 30 * Hour, _ => 12_345_678 });
            RunTo(world, naive, until);
            var step = steps[i] / 7;
            var merged = i >= mergeAt;
            var key = step % 3 == 0 ? "a:d" : "u:1";
            step /= 3;
            var name = step % 2 == 0 ? "View" : "Order";
            step /= 2;
            var late = (step % 3) switch { 0 => step / 3 % 200_000_000, 1 => step / 3 % 4 * Hour, _ => 0 };
            step /= 3;
            var properties = s_properties[step % s_properties.Length];
            var messageId = step % 5 == 0 ? $"m{step / 5 % 4}{key}" : "";
            if (i == mergeAt)
            {
                world.Track("u:1", "Login", device: "d");
                Move(naive);
                naive.Events("u:1").Add(NaiveEvent.Of("Login", world.Now, "{}", "") with { Seen = world.Now });
            }

            var person = merged ? "u:1" : key;
            var isNew = messageId.Length == 0 || !naive.Events(person).Any(item => item.MessageId == messageId && item.Seen > world.Now - Day);
            world.Track(key, name, properties, messageId, world.Now - late);
            if (isNew)
            {
                naive.Events(person).Add(NaiveEvent.Of(name, world.Now - late, properties, messageId) with { Seen = world.Now });
            }

            AssertEqual(world, naive);
        }

        RunTo(world, naive, world.Now + (4 * Day));
    }

    public static void Move(Naive naive)
    {
        naive.Events("u:1").AddRange(naive.Events("a:d"));
        naive.Events("a:d").Clear();
    }

    public static void RunTo(World world, Naive naive, long until)
    {
        while (world.Customers.Values.MinBy(customer => customer.Due) is { } next && next.Due <= until)
        {
            AssertEqual(world, naive, next.Due - 1);
            world.RunTo(next.Due);
            AssertEqual(world, naive);
        }

        world.RunTo(until);
    }

    public static void AssertEqual(World world, Naive naive, long? now = null)
    {
        foreach (var customer in world.Customers.Values.Where(customer => customer.Exists))
        {
            foreach (var segment in world.Program.Definitions.Segments)
            {
                var expected = naive.Holds(customer.Key, segment.Condition, now ?? world.Now);
                Assert.True(expected == customer.IsIn(segment.Id), $"{customer.Key}, {Canonical.Of(segment.Condition)} at {now ?? world.Now}: {!expected}\n{string.Join('\n', naive.Events(customer.Key))}");
            }
        }
    }
}
