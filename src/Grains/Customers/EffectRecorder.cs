using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;

namespace Triggers.Grains.Customers;

/// <summary>
/// Effects as bytes, on their way from a customer to the owner of its partition. Of each record: one byte, 1 if it was applied, and then a tag and its fields
/// for each effect, ended by tag 0. The format goes over the wire only; a new effect is a new tag.
/// </summary>
internal sealed class EffectRecorder : IRecordEffects, IDisposable
{
    public const byte Skipped = 0, Applied = 1;
    public const byte EndTag = 0, CountTag = 1, SendTag = 2, CancelTag = 3, IndexTag = 4, DecideTag = 5, RecordsTag = 6;

    private readonly ByteWriter _writer = new(1024);
    private readonly RecordBatch _records = new(512);

    public RecordBatch Records => _records;

    public byte[] Take()
    {
        var bytes = _writer.Written.ToArray();
        _writer.Clear();
        return bytes;
    }

    /// <summary>The record is one that the customer contains already.</summary>
    public void Skip() => _writer.Byte(Skipped);

    public void Begin()
    {
        _writer.Byte(Applied);
        _records.Clear();
    }

    public void End(in RecordView record)
    {
        if (_records.Count > 0)
        {
            _writer.Byte(RecordsTag);
            _writer.Text(_records.Bytes);
        }

        _writer.Byte(EndTag);
    }

    public void Count(Counter counter, long delta)
    {
        _writer.Byte(CountTag);
        _writer.Text(counter.Name);
        _writer.ZigZag(delta);
    }

    public void Send(MessageDecision message)
    {
        _writer.Byte(SendTag);
        _writer.Text(message.MessageId);
        _writer.Text(message.CustomerKey);
        _writer.Text(message.Campaign);
        _writer.ZigZag(message.CampaignVersion);
        _writer.Text(message.StepId);
        _writer.Text(message.Channel);
        _writer.Text(message.Template);
        _writer.Text(message.Address);
        _writer.Text(message.Data);
        _writer.ZigZag(message.DecidedAt);
        _writer.ZigZag(message.ExpiresAt);
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
        _writer.Byte(CancelTag);
        _writer.Text(customerKey);
        Optional(campaign);
        Optional(channel);
        _writer.Text(reason);
    }

    public void Index(string customerKey, string? email, string? name)
    {
        _writer.Byte(IndexTag);
        _writer.Text(customerKey);
        Optional(email);
        Optional(name);
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        _writer.Byte(DecideTag);
        _writer.Text(customerKey);
        _writer.Byte((byte)kind);
        _writer.ZigZag(at);
        _writer.Text(subject);
        _writer.Text(detail);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _records.Dispose();
    }

    private void Optional(string? text)
    {
        _writer.Byte(text is null ? (byte)0 : (byte)1);
        if (text is not null)
        {
            _writer.Text(text);
        }
    }
}
