using System.Runtime.InteropServices;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Engine.Text;

namespace Triggers.Runtime.Loop;

/// <summary>
/// The effects of one record, in their order, as the two bytes that its commit stores. Another way to compute them would make every stored log disagree:
/// frozen by a golden test.
/// </summary>
internal struct EffectHash
{
    /// <summary>Stands for a record without a checksum: a fact, or one committed by an older program.</summary>
    public const ushort None = 0;

    /// <summary>The record was applied and had no effects.</summary>
    public const ushort NoEffects = 1;

    private const ulong Mix1 = 0x9E3779B97F4A7C15, Mix2 = 0xBF58476D1CE4E5B9;
    private const ulong SendTag = 1, CancelTag = 2, IndexTag = 3, RecordTag = 4;

    private ulong _value;

    public readonly ushort Checksum => _value == 0 ? NoEffects : (ushort)(NoEffects + 1 + (((_value >> 32) * (ushort.MaxValue - NoEffects)) >> 32));

    public void Count(Counter counter, long delta) => Mix(counter.Hash ^ ((ulong)delta * Mix2));

    public void Send(MessageDecision message)
    {
        Mix(SendTag);
        Mix(message.MessageId);
        Mix(message.Campaign);
        Mix((ulong)message.CampaignVersion);
        Mix(message.StepId);
        Mix(message.Channel);
        Mix(message.Template);
        Mix(message.Address);
        Mix(Hash64.Of(message.Data));
        Mix((ulong)message.DecidedAt);
        Mix((ulong)message.ExpiresAt);
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
        Mix(CancelTag);
        Mix(customerKey);
        Mix(campaign);
        Mix(channel);
        Mix(reason);
    }

    public void Index(string customerKey, string? email, string? name)
    {
        Mix(IndexTag);
        Mix(customerKey);
        Mix(email);
        Mix(name);
    }

    /// <summary>Records for others. Of a take-over without the state that it carries, whose encoding may change between versions of the program.</summary>
    public void Records(RecordBatch batch, int from)
    {
        foreach (var entry in batch.Entries[from..])
        {
            var bytes = batch.Bytes.Slice(entry.Start, entry.Length);
            Mix(RecordTag);
            RecordView.ReadHead(bytes, out _, out var kind);
            if (kind == RecordKind.TakeOver)
            {
                RecordView.Read(bytes, out var view);
                Mix(view.CustomerHash);
                Mix(Hash64.Of(view.OtherId));
            }
            else
            {
                Mix(Hash64.Of(bytes));
            }
        }
    }

    private void Mix(string? text) => Mix(text is null ? 0 : Hash64.Of(MemoryMarshal.AsBytes(text.AsSpan())) + 1);

    private void Mix(ulong value) => _value = (ulong.RotateLeft(_value ^ value, 29) * Mix1) + Mix2;
}
