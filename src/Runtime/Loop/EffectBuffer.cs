using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>
/// Gathers the effects of one read into one commit: counters summed, the rest in order, and a checksum of each record so that a replay can be compared.
/// One a worker, reused; only the commit itself is new each time.
/// </summary>
internal sealed class EffectBuffer : IRecordEffects, IDisposable
{
    private const int ChecksumBytes = PartitionAdvance.ChecksumBytes;

    private readonly Dictionary<Counter, int> _places = [];
    private readonly List<int> _touched = [];
    private readonly byte[][] _checksums;
    private readonly Decision[] _recent = new Decision[Limits.FeedMax];
    private readonly byte[][] _recentKeys = new byte[Limits.FeedMax][];
    private readonly int[] _recentKeyBytes = new int[Limits.FeedMax];
    private Counter[] _counters = new Counter[256];
    private long[] _deltas = new long[256];
    private bool[] _isTouched = new bool[256];
    private Commit _commit = new();
    private long _decided;
    private EffectHash _hash;
    private int _hashedRecords;
    private int _partition;
    private long _cursor;

    public EffectBuffer(int partitions)
    {
        _checksums = new byte[partitions][];
        Array.Fill(_checksums, []);
    }

    public RecordBatch Records => _commit.Records;

    /// <summary>The commit under way, for what is not the machine's: advances, flushes, erasures.</summary>
    public Commit Commit => _commit;

    /// <summary>What comes next is of this partition, whose commit begins at the cursor.</summary>
    public void Select(int partition, long cursor)
    {
        _partition = partition;
        _cursor = cursor;
    }

    public void Begin() => _hash = default;

    public void End(in RecordView record)
    {
        _hash.Records(_commit.Records, _hashedRecords);
        _hashedRecords = _commit.Records.Count;
        ref var checksums = ref _checksums[_partition];
        var place = (int)(record.Offset - _cursor) * ChecksumBytes;
        if (place >= checksums.Length)
        {
            Array.Resize(ref checksums, Math.Max(256, (place + ChecksumBytes) * 2));
        }

        BinaryPrimitives.WriteUInt16LittleEndian(checksums.AsSpan(place), _hash.Checksum);
    }

    /// <summary>Adds an advance to the commit, with the checksums of its records.</summary>
    public void Advance(in PartitionAdvance advance)
    {
        _commit.Advances.Add(advance);
        ref var checksums = ref _checksums[advance.Partition];
        var bytes = advance.Records * ChecksumBytes;
        if (checksums.Length < bytes)
        {
            // The last records were facts, which have none.
            Array.Resize(ref checksums, bytes);
        }

        var taken = checksums.AsSpan(0, bytes);
        _commit.Checksums.Bytes(taken);
        taken.Clear();
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
            var place = (_decided - count + index) % _recent.Length;
            recent[index] = _recent[place] with { CustomerKey = Encoding.UTF8.GetString(_recentKeys[place].AsSpan(0, _recentKeyBytes[place])) };
        }

        _decided = 0;
        _hashedRecords = 0;
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
        _hash.Count(counter, delta);
    }

    public void Send(MessageDecision message)
    {
        _commit.Messages.Add(message);
        _hash.Send(message);
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
        _commit.Cancellations.Add(new Cancellation(customerKey, campaign, channel, reason));
        _hash.CancelUnsent(customerKey, campaign, channel, reason);
    }

    public void Index(string customerKey, string? email, string? name)
    {
        _commit.Indexed.Add(new IndexedCustomer(customerKey, email, name));
        _hash.Index(customerKey, email, name);
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        var place = _decided++ % _recent.Length;
        ref var key = ref _recentKeys[place];
        if (key is null || key.Length < customerKey.Length)
        {
            key = new byte[Math.Max(64, customerKey.Length)];
        }

        customerKey.CopyTo(key);
        _recentKeyBytes[place] = customerKey.Length;
        _recent[place] = new Decision(kind, "", at, subject, detail);
    }

    private int Register(Counter counter)
    {
        var place = _places.Count - 1;
        if (place == _counters.Length)
        {
            Array.Resize(ref _counters, place * 2);
            Array.Resize(ref _deltas, place * 2);
            Array.Resize(ref _isTouched, place * 2);
        }

        _counters[place] = counter;
        return place;
    }
}
