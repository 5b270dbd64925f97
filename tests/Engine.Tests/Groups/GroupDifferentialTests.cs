using System.Text;
using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Engine.Tests.Customers;
using static Triggers.Engine.Tests.Customers.World;

namespace Triggers.Engine.Tests.Groups;

/// <summary>Calls in any order, late, twice, under devices that become people and people that become one: each member sees what a naive recount of all calls says.</summary>
public sealed class GroupDifferentialTests
{
    private static readonly string[] s_people = ["u:a", "u:b", "u:c", "u:d"];
    private static readonly string[] s_devices = ["d1", "d2", "d3"];
    private static readonly string[] s_groups = ["acme", "beta", "gamma"];
    private static readonly string[] s_traits = ["plan", "size", "city"];

    private sealed record Call(string Key, string Group, Dictionary<string, string?> Traits, long At, string MessageId);

    [Fact]
    public void Every_member_sees_what_a_recount_says()
    {
        for (var seed = 1; seed <= 150; seed++)
        {
            Check(new Random(seed), seed);
        }
    }

    private static void Check(Random random, int seed)
    {
        var world = new World(Define([("big", "group.size >= 5"), ("beta", "group.id = 'beta'")])) { RoundTrips = true };
        var calls = new List<Call>();
        var lanes = new SortedDictionary<string, Queue<byte[]>>(StringComparer.Ordinal);
        var owner = s_devices.ToDictionary(device => "a:" + device, _ => s_people[random.Next(s_people.Length)], StringComparer.Ordinal);
        var all = new List<byte[]>();
        for (var i = 0; i < 40; i++)
        {
            var key = random.Next(3) == 0 ? "a:" + s_devices[random.Next(s_devices.Length)] : s_people[random.Next(s_people.Length)];
            var traits = s_traits.Where(_ => random.Next(2) == 0).ToDictionary(trait => trait, _ => random.Next(5) == 0 ? null : random.Next(9).ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
            var call = new Call(key, s_groups[random.Next(s_groups.Length)], traits, Start - random.Next(1_000_000) * 10L - i, "m" + i);
            calls.Add(call);
            all.AddRange(Bytes(batch => batch.AddEvent(Utf8(key), EventType.Group, RecordFlags.None, call.At, Utf8(call.Group), Utf8(call.MessageId), [], "test"u8, JsonSerializer.SerializeToUtf8Bytes(traits), [])));
            if (random.Next(8) == 0)
            {
                all.Add(all[^1]);
            }
        }

        foreach (var (device, person) in owner)
        {
            all.AddRange(Bytes(batch => batch.AddTrack(new CustomerKey(person), "View", Start, "v" + device, anonymousId: device[2..])));
        }

        // c and d are one person in the end.
        all.AddRange(Bytes(batch => batch.AddTrack(new CustomerKey("u:c"), "View", Start, "vc")));
        all.AddRange(Bytes(batch => batch.AddEvent("u:d"u8, EventType.Alias, RecordFlags.None, Start, [], "al"u8, "c"u8, "test"u8, [], [])));
        world.Now = Start + Minute;
        foreach (var record in all.OrderBy(_ => random.Next()))
        {
            Enqueue([record]);
        }

        while (lanes.Values.Where(lane => lane.Count > 0).ToList() is var open)
        {
            if (open.Count == 0)
            {
                if (world.Customers.Values.Where(customer => customer.Due < world.Now + Hour && customer.AsGroup() is not null).MinBy(customer => customer.Due) is not { } due)
                {
                    break;
                }

                world.Now = Math.Max(world.Now, due.Due);
                Enqueue(Bytes(batch => batch.AddTimer(Utf8(due.Key))));
                continue;
            }

            world.Now += random.Next(20) == 0 ? 700 : 0;
            Enqueue(world.ApplyOne(open[random.Next(open.Count)].Dequeue(), queueOthers: false));
        }

        Compare(world, calls, key => owner.GetValueOrDefault(key, key) is var person && person == "u:d" ? "u:c" : person, seed);

        void Enqueue(List<byte[]> records)
        {
            foreach (var record in records)
            {
                RecordView.Read(record, out var view);
                var key = Encoding.UTF8.GetString(view.Key);
                (lanes.TryGetValue(key, out var lane) ? lane : lanes[key] = new Queue<byte[]>()).Enqueue(record);
            }
        }
    }

    private static void Compare(World world, List<Call> calls, Func<string, string> personOf, int seed)
    {
        var traits = s_groups.ToDictionary(group => group, group => Recount(calls.Where(call => call.Group == group)), StringComparer.Ordinal);
        foreach (var group in s_groups)
        {
            var members = calls.Where(call => call.Group == group).Select(call => personOf(call.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            var profile = world.Customers.GetValueOrDefault("g:" + group)?.AsGroup();
            Assert.Equal($"{seed} {string.Join(' ', members)}", $"{seed} {string.Join(' ', (profile?.Members ?? []).Order(StringComparer.Ordinal))}");
            Assert.Equal($"{seed} {traits[group]}", $"{seed} {(profile is null ? "{}" : Encoding.UTF8.GetString(profile.TraitsJson.Span))}");
        }

        foreach (var person in s_people.Where(person => personOf(person) == person))
        {
            var customer = world.Customers.GetValueOrDefault(person);
            var expected = calls.Where(call => personOf(call.Key) == person).GroupBy(call => call.Group, StringComparer.Ordinal).OrderByDescending(group => group.Max(call => call.At)).Select(group => group.Key).ToList();
            Assert.Equal($"{seed} {person} {string.Join(' ', expected)}", $"{seed} {person} {string.Join(' ', customer?.Groups.Select(group => group.Id) ?? [])}");
            if (customer is not null && expected.Count > 0)
            {
                Assert.Equal($"{seed} {person} {traits[expected[0]]}", $"{seed} {person} {Encoding.UTF8.GetString(customer.GroupTraitsJson.Span)}");
                var size = JsonDocument.Parse(traits[expected[0]]).RootElement.TryGetProperty("size", out var value) ? int.Parse(value.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : 0;
                Assert.Equal((seed, size >= 5, expected[0] == "beta"), (seed, customer.IsIn("big"), customer.IsIn("beta")));
            }
        }
    }

    private static string Recount(IEnumerable<Call> calls)
    {
        var values = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var call in calls.OrderBy(call => call.At))
        {
            foreach (var (name, value) in call.Traits)
            {
                values[name] = value;
            }
        }

        return JsonSerializer.Serialize(values.Where(item => item.Value is not null).ToDictionary(StringComparer.Ordinal));
    }

    private static List<byte[]> Bytes(Action<RecordBatch> write)
    {
        using var batch = new RecordBatch();
        write(batch);
        return Split(batch);
    }
}
