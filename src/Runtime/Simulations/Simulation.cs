using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Engine.Text;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.Simulations;

/// <summary>
/// Lives the customers of a store through their past again, with other definitions and with time as it was. Reads committed records; writes nothing, sends nothing and
/// tells nobody. Docs: docs/simulate.md.
/// </summary>
public sealed class Simulation
{
    private readonly IStore _store;
    private readonly SimulationRequest _request;
    private readonly ILogger _log;
    private readonly IReadOnlyList<PartitionMark> _marks;
    private readonly Merges _merges = new();
    private readonly Program _program;
    private readonly long _now;
    private long _done;

    public Simulation(IStore store, SimulationRequest request, TimeProvider time, ILoggerFactory logs)
    {
        _store = store;
        _request = request;
        _log = logs.CreateLogger("Triggers.Runtime");
        _marks = store.Recover().Partitions;
        _now = time.GetUtcNow().ToUnixTimeMilliseconds();
        Total = _marks.Sum(mark => mark.Cursor);
        _program = Program.Compile([new ProgramVersion(1, Enliven(request.Definitions), 0)]).With(FactJournal.ReadMeasures(store.Settings));
    }

    /// <summary>Committed records.</summary>
    public long Total { get; }

    /// <summary>Records read so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <param name="threads">To use at the same time.</param>
    /// <returns>null: there is no such customer.</returns>
    public SimulationReport? Run(int threads, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        var (from, to) = Period();
        var wanted = _request.Customer is { } id ? KeysOf(id) : null;
        if (wanted is { Count: 0 })
        {
            return null;
        }

        Func<string, bool>? isWanted = wanted is not null ? wanted.Contains : _request.Share < 1 ? Sample() : null;
        var lives = new List<Life>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.ForEach(
            _marks.Where(mark => mark.Cursor > 0 && (wanted is null || wanted.Any(key => PartitionOf(key) == mark.Partition))),
            options,
            () => new Life(_program, from, to, _merges, _store.Log.Partitions, _log),
            (mark, _, life) =>
            {
                Live(mark, life, isWanted, cancellation);
                return life;
            },
            life =>
            {
                lock (lives)
                {
                    lives.Add(life);
                }
            });
        using var last = new Life(_program, from, to, _merges, _store.Log.Partitions, _log);
        do
        {
            LiveReady(last);
        }
        while (_merges.ReleaseAll());

        foreach (var life in lives)
        {
            last.Tally.Add(life.Tally);
            life.Dispose();
        }

        return Report(last.Tally, from, to, isWanted, Stopwatch.GetElapsedTime(began));
    }

    private DefinitionSet Enliven(DefinitionSet definitions) => !_request.DraftsToo ? definitions : definitions with
    {
        Campaigns = [.. definitions.Campaigns.Select(campaign => campaign.Status == CampaignStatus.Draft ? campaign with { Status = CampaignStatus.Live } : campaign)],
    };

    /// <summary>The first instant of any record counts as the beginning of all.</summary>
    private (long From, long To) Period() => (_request.From?.ToUnixTimeMilliseconds() ?? 0, Math.Min(_request.To?.ToUnixTimeMilliseconds() ?? long.MaxValue, _now));

    private void Live(PartitionMark mark, Life life, Func<string, bool>? isWanted, CancellationToken cancellation)
    {
        var past = new PartitionPast(importsAtTheirTime: true);
        foreach (var record in _store.History.ReadAll(mark.Partition, 0, mark.Cursor))
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _done);
            past.Add(record, isWanted);
        }

        foreach (var customer in past.Customers)
        {
            cancellation.ThrowIfCancellationRequested();
            life.Live(customer);
            LiveReady(life);
        }
    }

    private void LiveReady(Life life)
    {
        while (_merges.TryTakeReady(out var customer))
        {
            life.Live(customer);
        }
    }

    /// <summary>The customer's key and those of everybody they absorbed.</summary>
    private HashSet<string> KeysOf(string id)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<string>(CustomerReader.KeysOf(id).Select(key => key.Text));
        while (open.TryDequeue(out var key))
        {
            var any = false;
            foreach (var record in _store.History.Read(new CustomerKey(key)))
            {
                any = true;
                RecordView.Read(record.Bytes.Span, out var view);
                if (view.Kind == RecordKind.TakeOver && !keys.Contains(Encoding.UTF8.GetString(view.OtherId)))
                {
                    open.Enqueue(Encoding.UTF8.GetString(view.OtherId));
                }
            }

            if (any)
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    /// <summary>Persons are drawn, not keys: whoever absorbed somebody takes part together with them.</summary>
    private Func<string, bool> Sample()
    {
        var absorbers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var mark in _marks)
        {
            foreach (var record in _store.History.ReadAll(mark.Partition, 0, mark.Cursor))
            {
                RecordView.ReadHead(record.Bytes.Span, out _, out var kind);
                if (kind == RecordKind.TakeOver)
                {
                    RecordView.Read(record.Bytes.Span, out var view);
                    absorbers[Encoding.UTF8.GetString(view.OtherId)] = Encoding.UTF8.GetString(view.Key);
                }
            }
        }

        return key =>
        {
            for (var steps = 0; steps < CustomerReader.MergesMax && absorbers.TryGetValue(key, out var absorber); steps++)
            {
                key = absorber;
            }

            return Hash64.Of(key) < _request.Share * ulong.MaxValue;
        };
    }

    private int PartitionOf(string key) => CustomerKey.PartitionOf(new CustomerKey(key).Hash(), _store.Log.Partitions);

    private SimulationReport Report(Tally tally, long from, long to, Func<string, bool>? isWanted, TimeSpan took) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(from),
        DateTimeOffset.FromUnixTimeMilliseconds(to),
        HistoryBeginning.InstantOf(_store.Settings),
        tally.Applied,
        tally.Customers,
        _request.Share,
        Math.Round(took.TotalSeconds, 3),
        [.. _program.Definitions.Campaigns.Select(campaign => tally.Campaign(campaign.Id).Report(campaign.Id, SentThen(campaign.Id, from, to, isWanted)))],
        [.. _program.Definitions.Segments.Select(segment => new SimulatedSegment(segment.Id, tally.Total($"segment/{segment.Id}/size")))],
        tally.Channels.OrderBy(channel => channel.Key, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal),
        tally.Failures);

    private List<(string Customer, string Step)> SentThen(string campaign, long from, long to, Func<string, bool>? isWanted)
    {
        var found = new List<(string, string)>();
        long? before = null;
        IReadOnlyList<MessageRow> page;
        do
        {
            page = _store.Messages.List(null, campaign, null, before, Limits.PageMax);
            found.AddRange(page.Where(row => row.DecidedAt >= from && row.DecidedAt < to && row.Status != MessageStatus.Skipped && isWanted?.Invoke(row.CustomerKey) != false).Select(row => (row.CustomerKey, row.StepId)));
            before = page.Count > 0 ? page[^1].Sequence : null;
        }
        while (page.Count == Limits.PageMax && page[^1].DecidedAt >= from);

        return found;
    }
}
