using Microsoft.Extensions.Logging;
using Triggers.Channels;
using Triggers.Runtime.CampaignTests;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Identities;
using Triggers.Runtime.Ingest;
using Triggers.Runtime.Lists;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Measuring;
using Triggers.Runtime.Messages;
using Triggers.Runtime.Operations;
using Triggers.Runtime.Outbox;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Queries;
using Triggers.Runtime.Simulations;
using Triggers.Runtime.Replays;
using Triggers.Runtime.Valuing;
using Triggers.Storage;

namespace Triggers.Runtime;

/// <summary>A server: loops over every partition, the outbox pump, queries and commands. What the web and the command line talk to.</summary>
public sealed class TriggersServer : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly IngestGate _gate;
    private readonly OutboxPump _pump;
    private readonly SendingPause _pause;
    private readonly ServerLive _live;
    private readonly ILoops _loops;
    private readonly DefinitionService _definitions;
    private readonly FillService _fills;
    private readonly FolderWatch? _watch;
    private readonly OperationsService _operations;
    private readonly NodeSampler _sampler;
    private readonly NodeGauges _gauges;
    private readonly Measurer _measurer;
    private readonly ListTeller _teller;
    private readonly ListService _lists;
    private bool _ended;

    private TriggersServer(
        TimeProvider time, IngestGate gate, OutboxPump pump, SendingPause pause, ServerLive live, ILoops loops, DefinitionService definitions, FillService fills, FolderWatch? watch,
        OperationsService operations, NodeSampler sampler, NodeGauges gauges, Measurer measurer, ListTeller teller, ListService lists)
    {
        _operations = operations;
        _sampler = sampler;
        _gauges = gauges;
        _measurer = measurer;
        _teller = teller;
        _lists = lists;
        _time = time;
        _gate = gate;
        _pump = pump;
        _pause = pause;
        _live = live;
        _loops = loops;
        _definitions = definitions;
        _fills = fills;
        _watch = watch;
    }

    public required IStore Store { get; init; }

    public required IIngest Ingest { get; init; }

    public required IQueries Queries { get; init; }

    public required ICommands Commands { get; init; }

    public required IDefinitions Definitions { get; init; }

    public required ILiveFeed Live { get; init; }

    public required ISimulations Simulations { get; init; }

    public required ICampaignTests Tests { get; init; }

    public IMeasuring Measuring => _measurer;

    /// <summary>For tests, which have no patience for the next look.</summary>
    internal Task MeasureAsync() => _measurer.MeasureAsync(fits: true, CancellationToken.None);

    public required IIdentities Identities { get; init; }

    public required IValuing Valuing { get; init; }

    public IOperations Operations => _operations;

    public IFills Fills => _fills;

    public IStaticLists Lists => _lists;

    /// <summary>Recovery has come to the cursor and the loops run.</summary>
    public bool IsReady => !_ended && _loops.IsLive;

    /// <summary>Once it is disposed: some loop could not come to its end, so that the next start has something to replay.</summary>
    public bool EndedEarly => _loops.EndedEarly;

    /// <summary>Tells health checks that the end is near; everything goes on until the server is disposed.</summary>
    public void Drain() => _operations.Drain();

    /// <summary>Customers in memory, about.</summary>
    internal long ResidentCustomers => _loops.ResidentCustomers;

    /// <summary>Recovers from the store and starts loops, timers and the outbox pump; ready when it returns. The caller keeps ownership of the store.</summary>
    /// <exception cref="DefinitionsInvalidException">The definitions folder has errors.</exception>
    public static async Task<TriggersServer> StartAsync(
        ServerOptions options, IStore store, ChannelRegistry channels, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation = default)
    {
        var log = logs.CreateLogger("Triggers.Runtime");
        var startedAt = time.GetTimestamp();
        var owned = new OwnedPartitions(store.Log.Partitions, isAlone: !store.IsShared);
        var meter = new LogMeter(store.Log, owned);
        var appender = new Appender(store.Log, meter, time);
        var journal = new FactJournal(store.Settings);
        var library = new ProgramLibrary(store.Definitions, journal);
        var definitions = await DefinitionService.OpenAsync(options.DefinitionsFolder, store, library, journal, appender, time, log);

        var recovery = store.Recover();
        var backlog = recovery.Partitions.Sum(mark => mark.Head - mark.Cursor);
        meter.Appended(backlog);
        log.Recovering(recovery.Partitions.Count, recovery.Partitions.Sum(mark => mark.Head - mark.Floor), definitions.Version);
        var board = new CounterBoard(owned.IsAlone ? recovery.Counters : null);

        // Before any loop begins: a partition may be handed on before all are live.
        owned.Left += board.Leave;
        var replays = new ReplayBoard(log);
        var context = new LoopContext(store, library, owned, meter, board, replays, time, log);
        var loops = options.Loops?.Open(context, options) ?? new EmbeddedLoops(context, options);
        try
        {
            using (store.HoldUpkeep())
            {
                await loops.StartAsync(recovery.Partitions, cancellation);
                if (store.Customers.Count >= Limits.CollectFromCustomers)
                {
                    // What the tables of all customers left behind while they grew goes back to the system before anybody waits for the process.
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }
            }

            await definitions.ActivateAsync(cancellation);
        }
        catch
        {
            await loops.AbandonAsync();
            throw;
        }

        var composer = new MessageComposer(definitions.At, options.PublicUrl, store.Info.Secret);
        await SendingHold.ApplyAsync(store, options.StartPaused, log);
        var pause = new SendingPause(store.Settings);
        var pump = new OutboxPump(store, channels, composer, owned, meter, pause, context.Latencies, context.Traces, time, log);
        var share = new LiveFeed(board, store.Outbox, owned, meter, pause, time, log);
        var live = new ServerLive(share, owned.IsAlone ? null : new LiveSum(store.Log.Partitions, pause, time, log), owned, time);
        await live.JoinAsync(options.Loops, cancellation);
        var gate = new IngestGate(store, meter, live.Whole, context.Latencies, context.Traces, time, log);
        var pauses = new CampaignPauses(journal);
        var reader = new CustomerReader(loops);
        var timelines = new TimelineReader(store, library, journal);
        var valuation = new Valuation(store.Settings, library, journal, time);
        var queries = new QueryService(store, definitions, library, live.Whole, live.Past, replays, pauses, reader, timelines, new TraitHistoryReader(store, library, journal), new ExplanationReader(store, library, journal), new OverlapCounter(reader, time), valuation, time, options.Host);
        var commands = new CommandService(store, appender, journal, definitions, library, pump, pause, live.Whole, pauses, reader, channels, composer, time);
        if (options.SendMessages && options.Loops is not { RunsLoops: false })
        {
            pump.Start();
            context.Cancelled = pump.RefillAll;
        }

        var fills = new FillService(context, definitions, journal, fills: options.Loops is not { RunsLoops: false });
        var watch = options.Watch ? new FolderWatch(options.DefinitionsFolder, definitions, log) : null;
        log.Live(time.GetElapsedTime(startedAt));
        var sampler = new NodeSampler(context);
        var measurer = new Measurer(loops, library, journal, appender, store.Settings, valuation, new PredictionTeller(loops, appender, store.Settings, valuation, time), time, log);
        var teller = new ListTeller(store.Lists, store.Settings, owned, loops, appender, live.Whole, log);
        if (options.Loops is not { RunsLoops: false })
        {
            measurer.Start();
            teller.Start();
        }

        var operations = new OperationsService(context, options, loops, sampler, gate, pause, definitions, measurer);
        context.DescribeNode = operations.Node;
        var gauges = new NodeGauges(
            sampler, store, loops, () => operations.Health, () => context.Running.Drivers.Sum(driver => driver.CustomersLoaded), () => pause.IsPaused, () => definitions.Version, () => operations.CountViewers(), time);
        return new TriggersServer(time, gate, pump, pause, live, loops, definitions, fills, watch, operations, sampler, gauges, measurer, teller,
            new ListService(store.Lists, store.Search, definitions, reader, teller.Wake, time))
        {
            Store = store,
            Ingest = gate,
            Queries = queries,
            Commands = commands,
            Identities = new IdentityService(new MergeLog(store, reader), reader, appender, definitions),
            Definitions = definitions,
            Valuing = valuation,
            Simulations = new SimulationService(store, time, logs),
            Tests = new CampaignTester(
                store, library, journal, () => (definitions.Version, definitions.Current), reader.FindAsync, new TestSender(channels, options.PublicUrl, store.Info.Secret), time, log),
            Live = live.Whole,
        };
    }

    /// <summary>Drains the loops and flushes every state, so that the next start has nothing to replay.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _operations.Drain();
        _watch?.Dispose();
        _gauges.Dispose();
        await _sampler.DisposeAsync();
        await _fills.DisposeAsync();
        await _measurer.DisposeAsync();
        await _teller.DisposeAsync();
        await _gate.DisposeAsync();
        await _pump.DisposeAsync();
        await _loops.StopAsync();
        await _live.DisposeAsync();
        _pause.Dispose();
        _loops.Dispose();
        _definitions.Dispose();
        _lists.Dispose();
    }

    /// <summary>No timer is due, no list is to be told, and no walk or fill under way, as far as this process sees: for tests that wait for rest.</summary>
    internal async Task<bool> IsIdleAsync() => _fills.IsIdle && Store.Lists.Pending(1).Count == 0 && await _loops.IsIdleAsync(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Ends as a crash would, leaving in the store what was durable: for tests of recovery.</summary>
    internal async Task AbandonAsync()
    {
        _ended = true;
        _watch?.Dispose();
        _gauges.Dispose();
        await _sampler.DisposeAsync();
        await _fills.DisposeAsync();
        await _measurer.DisposeAsync();
        await _teller.DisposeAsync();
        _gate.Close();
        _pump.Abandon();
        await _loops.AbandonAsync();
        await _live.DisposeAsync();
        _pause.Dispose();
    }
}
