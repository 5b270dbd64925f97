using System.Globalization;
using System.Text;
using Triggers.Engine.Records;

namespace Triggers.Simulation.Tests;

/// <summary>One event as a client would send it; the same messageId at every delivery.</summary>
public sealed record ScriptEvent(string Key, EventType Type, string Name, string Body, string MessageId, long AgeMs, string OtherId = "")
{
    public void AddTo(RecordBatch batch, long now) => batch.AddEvent(
        Encoding.UTF8.GetBytes(Key), Type, RecordFlags.None, now - AgeMs, Encoding.UTF8.GetBytes(Name), Encoding.UTF8.GetBytes(MessageId),
        Encoding.UTF8.GetBytes(OtherId), "shop-web"u8, Encoding.UTF8.GetBytes(Body), []);
}

/// <summary>A step of a simulated day: events in one batch, then time passes.</summary>
public sealed record ScriptStep(IReadOnlyList<ScriptEvent> Events, TimeSpan Pass);

/// <summary>A simulated day of the small shop, made from a seed.</summary>
public static class Script
{
    public const int Users = 10;

    public static List<ScriptStep> Of(int seed, int steps)
    {
        var random = new Random(seed);
        var script = new List<ScriptStep>();
        var number = 0;
        for (var step = 0; step < steps; step++)
        {
            var events = new List<ScriptEvent>();
            for (var count = random.Next(1, 12); count > 0; count--)
            {
                events.Add(EventOf(random, $"m{seed}-{number++}"));
            }

            script.Add(new ScriptStep(events, PassOf(random)));
        }

        return script;
    }

    /// <summary>Another order in which every customer's own events keep theirs.</summary>
    public static List<ScriptEvent> Reorder(IReadOnlyList<ScriptEvent> events, Random random)
    {
        var queues = events.GroupBy(item => item.Key, StringComparer.Ordinal).Select(group => new Queue<ScriptEvent>(group)).ToList();
        var reordered = new List<ScriptEvent>();
        while (queues.Count > 0)
        {
            var queue = queues[random.Next(queues.Count)];
            reordered.Add(queue.Dequeue());
            if (queue.Count == 0)
            {
                queues.Remove(queue);
            }
        }

        return reordered;
    }

    /// <summary>The same day, with people and devices that say which company they are of, and what it is like.</summary>
    public static List<ScriptStep> WithGroups(List<ScriptStep> script, int seed)
    {
        var random = new Random(seed);
        var number = 0;
        return [.. script.Select(step => step with { Events = [.. step.Events, .. Enumerable.Range(0, random.Next(5)).Select(_ => GroupCall(random, $"g{seed}-{number++}"))] })];
    }

    private static ScriptEvent GroupCall(Random random, string messageId)
    {
        var user = random.Next(Users);
        var traits = random.Next(3) == 0 ? "{}" : $"{{\"plan\":{(random.Next(5) == 0 ? "null" : random.Next(9))},\"t{random.Next(3)}\":\"{messageId}\"}}";
        return new ScriptEvent(random.Next(4) == 0 ? $"a:device{user}" : $"u:user{user}", EventType.Group, $"company{random.Next(3)}", traits, messageId, random.Next(300) * 1000);
    }

    /// <summary>One of four: more than the rules let a user have.</summary>
    private static string DeviceOf(int user, string messageId) => (messageId[^1] - '0') % 4 is > 0 and var other ? $"device{user}-{other}" : $"device{user}";

    private static TimeSpan PassOf(Random random) => random.Next(10) switch
    {
        < 5 => TimeSpan.FromSeconds(random.Next(1, 40)),
        < 8 => TimeSpan.FromMinutes(random.Next(1, 12)),
        _ => TimeSpan.FromMinutes(random.Next(30, 140)),
    };

    private static ScriptEvent EventOf(Random random, string messageId)
    {
        var user = random.Next(Users);
        var key = $"u:user{user}";
        var age = random.Next(4) == 0 ? random.Next(0, 240) * 1000 : 0;
        return random.Next(12) switch
        {
            0 or 1 => new ScriptEvent(key, EventType.Identify, "", $$"""{"email":"user{{user}}@example.com","level":{{random.Next(5)}}}""", messageId, age),
            2 => new ScriptEvent(key, EventType.Track, "Signed Up", "{}", messageId, age),
            3 or 4 => new ScriptEvent(key, EventType.Track, "Product Added", "{}", messageId, age),
            5 => new ScriptEvent(key, EventType.Track, "Order Completed", string.Create(CultureInfo.InvariantCulture, $$"""{"total":{{random.Next(10, 300)}}.25}"""), messageId, age),
            6 => new ScriptEvent($"a:device{user}", EventType.Track, "Product Viewed", """{"price":80}""", messageId, age),
            7 => new ScriptEvent(key, EventType.Track, "Product Viewed", """{"price":80}""", messageId, age, OtherId: DeviceOf(user, messageId)),
            _ => new ScriptEvent(key, EventType.Track, "Product Viewed", $$"""{"price":{{random.Next(20, 120)}}}""", messageId, age),
        };
    }
}
