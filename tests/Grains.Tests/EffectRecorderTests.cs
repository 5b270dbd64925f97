#if WITH_ORLEANS
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Grains.Customers;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains.Tests;

public sealed class EffectRecorderTests
{
    [Fact]
    public void Every_effect_comes_out_as_it_went_in()
    {
        using var recorder = new EffectRecorder();
        recorder.Begin();
        Speak(recorder);
        recorder.End(default);
        recorder.Skip();
        var bytes = recorder.Take();
        var expected = new Listener();
        expected.Begin();
        Speak(expected);
        expected.End(default);

        var found = new Listener();
        var player = new EffectPlayer();
        var reader = new SpanReader(bytes);
        Assert.True(player.Play(ref reader, default, found));
        Assert.False(player.Play(ref reader, default, found));

        Assert.True(reader.AtEnd);
        Assert.Equal(expected.Heard, found.Heard);
        Assert.Equal(expected.Records.Bytes.ToArray(), found.Records.Bytes.ToArray());
        Assert.Equal(expected.Records.Entries.ToArray(), found.Records.Entries.ToArray());
    }

    private static void Speak(IRecordEffects effects)
    {
        effects.Count(new Counter("events/total"), 1);
        effects.Count(new Counter("sègment/" + new string('ä', 400) + "/size"), -3);
        effects.Send(new MessageDecision("id", "u:ann", "welcome", 7, "hello", "email", "template", "ann@example.com", [1, 2, 3], 123, long.MaxValue));
        effects.CancelUnsent("u:ann", null, "email", "unsubscribed");
        effects.CancelUnsent("u:ann", "", null, "");
        effects.Index("u:ann", "ann@example.com", null);
        effects.Decide("u:änn"u8, DecisionKind.Converted, -5, "welcome", "");
        effects.Records.AddTimer("u:bob"u8);
        effects.Records.AddLink("a:device"u8, "u:ann"u8);
    }

    private sealed class Listener : IRecordEffects
    {
        public List<string> Heard { get; } = [];

        public RecordBatch Records { get; } = new();

        public void Begin() => Heard.Add("begin");

        public void End(in RecordView record) => Heard.Add("end");

        public void Count(Counter counter, long delta) => Heard.Add($"count {counter.Name} {delta}");

        public void Send(MessageDecision message) => Heard.Add($"send {message with { Data = [] }} {Convert.ToHexString(message.Data)}");

        public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason) =>
            Heard.Add($"cancel {customerKey} {campaign ?? "any"} {channel ?? "any"} {reason}");

        public void Index(string customerKey, string? email, string? name) => Heard.Add($"index {customerKey} {email ?? "none"} {name ?? "none"}");

        public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail) =>
            Heard.Add($"decide {System.Text.Encoding.UTF8.GetString(customerKey)} {kind} {at} {subject} {detail}");
    }
}
#endif
