using System.Runtime.InteropServices;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Engine.Text;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// Gathers the effects of one read into one commit: counters summed, the rest in order, and a checksum for each partition so that a replay can be compared.
/// One a worker, reused; only the commit itself is new each time.
/// </summary>
internal sealed class EffectBuffer : IEffects, IDisposable
{
    private const ulong Mix1 = 0x9E3779B97F4A7C15, Mix2 = 0xBF58476D1CE4E5B9;

    private readonly Dictionary<Counter, int> _places = [];
    private readonly List<int> _touched = [];
    private readonly ulong[] _checksums;
    private readonly Decision[] _recent = new Decision[Limits.FeedMax];
    private Counter[] _counters = new Counter[256];
    private ulong[] _names = new ulong[256];
    private long[] _deltas = new long[256];
    private bool[] _isTouched = new bool[256];
    private Commit _commit = new();
    private long _decided;
    private ulong _checksum;
    private int _hashedRecordBytes;
    private int _partition;

    public EffectBuffer(int partitions) => _checksums = new ulong[partitions];

    public RecordBatch Records => _commit.Records;

    /// <summary>The commit under way, for what is not the machine's: advances, flushes, erasures.</summary>
    public Commit Commit => _commit;

    public void Begin(int partition)
    {
        _partition = partition;
        _checksum = _checksums[partition];
    }

    public void End()
    {
        HashRecords();
        _checksums[_partition] = _checksum;
    }

    /// <summary>The checksum of a partition's effects in this commit; the next commit's begins anew.</summary>
    public ulong TakeChecksum(int partition)
    {
        var checksum = _checksums[partition];
        _checksums[partition] = 0;
        return checksum;
    }

    /// <summary>Hands the commit out with its counters, and the latest decisions, oldest first.</summary>
    public (Commit Commit, Decision[] Recent) Take()
    {
        var commit = _commit;
        foreach (var place in _touched)
        {
            if (_deltas[place] != 0)
            {
                commit.Counters[_counters[place]] = _deltas[place];
                _deltas[place] = 0;
            }

            _isTouched[place] = false;
        }

        _touched.Clear();
        var count = (int)Math.Min(_decided, _recent.Length);
        var recent = count == 0 ? [] : new Decision[count];
        for (var index = 0; index < count; index++)
        {
            recent[index] = _recent[(_decided - count + index) % _recent.Length];
        }

        _decided = 0;
        _hashedRecordBytes = 0;
        _commit = new Commit();
        return (commit, recent);
    }

    public void Dispose() => _commit.Dispose();

    public void Count(Counter counter, long delta)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, counter, out var known);
        if (!known)
        {
            place = Register(counter);
        }

        if (!_isTouched[place])
        {
            _isTouched[place] = true;
            _touched.Add(place);
        }

        _deltas[place] += delta;
        Mix(_names[place] ^ ((ulong)delta * Mix2));
    }

    public void Send(MessageDecision message)
    {
        _commit.Messages.Add(message);
        Mix(HashOf(message.MessageId));
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
        _commit.Cancellations.Add(new Cancellation(customerKey, campaign, channel, reason));
        Mix(HashOf(customerKey) ^ HashOf(campaign));
    }

    public void Index(string customerKey, string? email, string? name)
    {
        _commit.Indexed.Add(new IndexedCustomer(customerKey, email, name));
        Mix(HashOf(customerKey) ^ HashOf(email));
    }

    public void Decide(in Decision decision) => _recent[_decided++ % _recent.Length] = decision;

    private static ulong HashOf(string? text) => Hash64.Of(MemoryMarshal.AsBytes(text.AsSpan()));

    private void Mix(ulong value) => _checksum = (ulong.RotateLeft(_checksum ^ value, 29) * Mix1) + Mix2;

    private void HashRecords()
    {
        var bytes = _commit.Records.Bytes;
        if (bytes.Length > _hashedRecordBytes)
        {
            Mix(Hash64.Of(bytes[_hashedRecordBytes..]));
            _hashedRecordBytes = bytes.Length;
        }
    }

    private int Register(Counter counter)
    {
        var place = _places.Count - 1;
        if (place == _counters.Length)
        {
            Array.Resize(ref _counters, place * 2);
            Array.Resize(ref _names, place * 2);
            Array.Resize(ref _deltas, place * 2);
            Array.Resize(ref _isTouched, place * 2);
        }

        _counters[place] = counter;
        _names[place] = HashOf(counter.Name);
        return place;
    }
}
