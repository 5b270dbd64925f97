using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Measuring;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Simulations;
using Triggers.Storage;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Who goes through a test, and under which program: a copy of a customer as they are now, with what the definitions newly ask for filled from their history; or somebody made up.</summary>
internal sealed record TestSubject(byte[] State, Program Program, bool IsMock, IReadOnlyList<string> Notes)
{
    private static readonly byte[] s_mockKey = Encoding.UTF8.GetBytes(CustomerKey.User("test-person").Text);

    /// <param name="history">Every version up to the one in force.</param>
    /// <param name="definitions">To be tested.</param>
    /// <param name="begin">ms since 1970, a whole second: not before the customer's clock.</param>
    public static TestSubject Of(Customer customer, IReadOnlyList<ProgramVersion> history, DefinitionSet definitions, Measures measures, IStore store, long begin, ILogger log, CancellationToken cancellation)
    {
        var version = history[^1].Version + 1;
        List<ProgramVersion> versions = [.. history, new ProgramVersion(version, definitions, begin)];
        var program = Program.Compile(versions).With(measures);
        using var effects = new TestEffects("");
        using var batch = new RecordBatch();
        var facts = Standing(program);
        Pass(customer, facts, effects, begin);
        List<string> notes = [];
        if (program.Unfilled.Contains(version) && program.Unfilled.Count == 1)
        {
            var always = Program.Compile([.. versions.Select(each => each with { ActivatedAt = 0, Fills = 0 })]);
            using var life = new PastLife(program, always, version, store.Log.Partitions, log);
            foreach (var key in (string[])[customer.Key, .. customer.AbsorbedKeys])
            {
                var past = new PartitionPast(importsAtTheirTime: false);
                foreach (var record in store.History.Read(new CustomerKey(key)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    past.Add(record, null);
                }

                foreach (var lived in past.Customers)
                {
                    life.TryAdd(lived, batch);
                }
            }

            if (HistoryBeginning.InstantOf(store.Settings) is { } from && customer.FirstSeen < from.ToUnixTimeMilliseconds())
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"History begins at {from.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}: of what was before, conditions that are new in this draft know nothing."));
            }

            foreach (var entry in batch.Entries)
            {
                Apply(customer, facts, effects, batch.Bytes[entry.Start..], begin);
            }

            program = Program.Compile([.. versions, new ProgramVersion(version + 1, definitions, begin, version)]).With(measures);
            Pass(customer, Standing(program), effects, begin);
        }
        else if (program.Unfilled.Count > 0)
        {
            notes.Add("The history that conditions ask for is still being filled: what is not known yet is collecting, neither true nor false.");
        }

        return new TestSubject(StateOf(customer), program, IsMock: false, notes);
    }

    /// <param name="before">What they did before the beginning, in its order.</param>
    public static TestSubject Of(TestPerson person, IReadOnlyList<MockEvent> before, DefinitionSet definitions, Measures measures, long begin)
    {
        var program = Program.Compile([new ProgramVersion(1, definitions, 0)]).With(measures);
        var key = person.Id is { } id ? Encoding.UTF8.GetBytes(CustomerKey.User(id).Text) : s_mockKey;
        var customer = new Customer(key, CustomerKey.HashOf(key), new StateHeap());
        using var effects = new TestEffects("");
        using var batch = new RecordBatch();
        var facts = Standing(program);
        var first = begin + Math.Min(before.Count > 0 ? before[0].AfterMs : 0, 0) - 1_000;
        AddEvent(batch, key, new MockEvent(0, "identify", person.Traits), SourceOf(definitions), first);
        foreach (var list in person.Lists)
        {
            batch.AddCommand(key, CommandKind.JoinList, list);
        }

        foreach (var entry in batch.Entries)
        {
            Apply(customer, facts, effects, batch.Bytes[entry.Start..], first);
        }

        foreach (var happened in before)
        {
            batch.Clear();
            AddEvent(batch, key, happened, SourceOf(definitions), begin + happened.AfterMs);
            Apply(customer, facts, effects, batch.Bytes, begin + happened.AfterMs);
        }

        return new TestSubject(StateOf(customer), program, IsMock: true, []);
    }

    /// <summary>Money in events that name no currency is of the first source's.</summary>
    public static string SourceOf(DefinitionSet definitions) => definitions.Sources.Count > 0 ? definitions.Sources[0].Id : "";

    public static void AddEvent(RecordBatch batch, ReadOnlySpan<byte> key, MockEvent happens, string source, long at)
    {
        var type = happens.Name switch { "page" => EventType.Page, "screen" => EventType.Screen, "identify" => EventType.Identify, "group" => EventType.Group, _ => EventType.Track };
        batch.AddEvent(
            key, type, RecordFlags.GeneratedId, at, type == EventType.Track ? Encoding.UTF8.GetBytes(happens.Name) : [], [], [], Encoding.UTF8.GetBytes(source),
            Encoding.UTF8.GetBytes(happens.Properties?.GetRawText() ?? "{}"), []);
    }

    public static byte[] StateOf(Customer customer)
    {
        using var writer = new ByteWriter();
        CustomerCodec.Write(customer, writer);
        return writer.Written.ToArray();
    }

    /// <summary>No campaign works.</summary>
    private static Facts Standing(Program program) => new(program, program.Definitions.Campaigns.Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal));

    private static void Pass(Customer customer, Facts facts, TestEffects effects, long at) =>
        Machine.Apply(customer, new RecordView { Kind = RecordKind.Timer, At = at, Offset = customer.Offset, CustomerHash = customer.Hash, Key = Encoding.UTF8.GetBytes(customer.Key) }, facts, effects);

    private static void Apply(Customer customer, Facts facts, TestEffects effects, ReadOnlySpan<byte> record, long at)
    {
        RecordView.Read(record, out var view);
        (view.At, view.Offset) = (at, customer.Offset + 1);
        Machine.Apply(customer, view, facts, effects);
    }
}
