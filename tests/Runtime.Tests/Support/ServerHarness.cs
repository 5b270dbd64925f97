using System.Text;
using Triggers.Channels;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Queries;
using Triggers.Storage;
using Triggers.Storage.Sqlite;

namespace Triggers.Runtime.Tests.Support;

/// <summary>
/// A server over a real store, on the embedded host unless it is given another, with a clock and channels that the test holds; it can be stopped, crashed and
/// started again.
/// </summary>
public sealed class ServerHarness : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>A PostgreSQL store is made from nothing, beside those of other tests.</summary>
    private static readonly TimeSpan s_openingPatience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _data = new();
    private long _nextId;

    public ServerHarness() => SmallShop.WriteTo(Definitions);

    public TempFolder Definitions { get; } = new();

    public ManualTime Time { get; } = new();

    public RecordingChannel Email { get; } = new("email");

    public RecordingChannel Webhook { get; } = new("webhook");

    /// <summary>Wraps the store before a server gets it.</summary>
    public Func<IStore, IStore> Wrap { get; set; } = store => store;

    public long CustomerMemoryBytes { get; set; } = 1L << 28;

    public int Workers { get; set; } = 2;

    /// <summary>What loops and customers live in; outlives the servers that are started, and stays the caller's. Null: embedded.</summary>
    public LoopHost? Loops { get; set; }

    /// <summary>Makes <see cref="Loops"/> for each server that is started, to end with it; null: they outlive it.</summary>
    public Func<LoopHost>? CreateLoops { get; set; }

    /// <summary>Stops what takes part beside the server, before the server is stopped.</summary>
    public Func<Task>? StopOthers { get; set; }

    /// <summary>For a server to start or stop: longer where others take part.</summary>
    public TimeSpan Patience { get; set; } = s_patience;

    /// <summary>Whether the store does its background work.</summary>
    /// <summary>The server takes changed definitions in by itself.</summary>
    public bool Watch { get; set; }

    public bool StoreMaintainsItself { get; set; }

    public ListLogs Logs { get; } = new();

    public string DataFolder => _data.In("data");

    /// <summary>Opens the store; SQLite in the data folder unless a test says otherwise.</summary>
    public Func<ServerHarness, Task<IStore>> OpenStore { get; set; } = async harness =>
        await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = harness.DataFolder, MaintainsItself = harness.StoreMaintainsItself }, harness.Time, harness.Logs);

    /// <summary>As it was opened, without what wraps it.</summary>
    public IStore Opened { get; private set; } = null!;

    public IStore Store { get; private set; } = null!;

    public TriggersServer Server { get; private set; } = null!;

    public static async Task<ServerHarness> StartNewAsync(Action<ServerHarness>? setUp = null)
    {
        var harness = new ServerHarness();
        setUp?.Invoke(harness);
        await harness.StartAsync();
        return harness;
    }

    public async Task StartAsync()
    {
        Opened = await OpenStore(this).WaitAsync(s_openingPatience);
        Store = Wrap(Opened);
        Loops = CreateLoops?.Invoke() ?? Loops;
        Server = await TriggersServer.StartAsync(
            new ServerOptions { DefinitionsFolder = Definitions.Path, Workers = Workers, Loops = Loops, CustomerMemoryBytes = CustomerMemoryBytes, Watch = Watch },
            Store,
            new ChannelRegistry([Email, Webhook]),
            Time,
            Logs).WaitAsync(Patience);
    }

    public async Task StopAsync()
    {
        await (StopOthers?.Invoke() ?? Task.CompletedTask);
        await Server.DisposeAsync();
        await EndLoopsAsync();
        await Opened.DisposeAsync();
    }

    /// <summary>Opens the stopped store by itself until the bytes of erased customers are gone.</summary>
    public async Task MaintainAsync()
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Folder = DataFolder }, Time, Logs);
        var partitions = Enumerable.Range(0, store.Log.Partitions).ToList();
        await UntilAsync(
            () => !partitions.Exists(partition => store.History.ReadAll(partition).Any(record => RecordView.Read(record.Bytes.Span, out var view) > 0 && view is { Kind: RecordKind.Command, CommandKind: CommandKind.Erase })),
            "the orders to erase to be erased with the rest");
    }

    /// <summary>Ends the server with nothing flushed or drained; what was durable stays.</summary>
    public async Task CrashAsync()
    {
        await Server.AbandonAsync().WaitAsync(Patience);
        await EndLoopsAsync();
        await Opened.DisposeAsync().AsTask().WaitAsync(s_patience);
    }

    public async Task CrashAndStartAsync()
    {
        await CrashAsync();
        await StartAsync();
    }

    public async Task AppendAsync(RecordBatch batch)
    {
        var result = await Server.Ingest.AppendAsync(batch);
        Assert.True(result.IsOk, $"the append was refused: {result.Status} {result.Reason}");
    }

    public async Task TrackAsync(string userId, string name, string properties = "{}", string? messageId = null)
    {
        using var batch = new RecordBatch();
        batch.AddTrack(CustomerKey.User(userId), name, Time.Ms, messageId ?? $"m{Interlocked.Increment(ref _nextId)}", properties);
        await AppendAsync(batch);
    }

    public async Task IdentifyAsync(string userId, string traits, string anonymousId = "")
    {
        using var batch = new RecordBatch();
        AddIdentify(batch, userId, traits, Time.Ms, $"m{Interlocked.Increment(ref _nextId)}", anonymousId);
        await AppendAsync(batch);
    }

    public async Task TrackAnonymousAsync(string anonymousId, string name)
    {
        using var batch = new RecordBatch();
        batch.AddTrack(CustomerKey.Anonymous(anonymousId), name, Time.Ms, $"id{++_nextId}");
        await AppendAsync(batch);
    }

    public static void AddIdentify(RecordBatch batch, string userId, string traits, long at, string messageId, string anonymousId = "") =>
        batch.AddEvent(
            Encoding.UTF8.GetBytes("u:" + userId), EventType.Identify, RecordFlags.None, at, [], Encoding.UTF8.GetBytes(messageId), Encoding.UTF8.GetBytes(anonymousId),
            "shop-web"u8, Encoding.UTF8.GetBytes(traits), []);

    /// <summary>Moves the clock in steps and lets the server come to rest after each.</summary>
    public async Task AdvanceAsync(TimeSpan time, TimeSpan? step = null)
    {
        var end = Time.GetUtcNow() + time;
        while (Time.GetUtcNow() < end)
        {
            var next = step ?? time;
            Time.Advance(next < end - Time.GetUtcNow() ? next : end - Time.GetUtcNow());
            await SettleAsync();
        }
    }

    /// <summary>Waits until every record is committed, every due timer has been applied and every due message is closed; false: the given task ended before.</summary>
    public async Task<bool> SettleAsync(Task? unless = null)
    {
        var calm = 0;
        await UntilAsync(
            async () =>
            {
                calm = IsCommitted() && await Server.IsIdleAsync() && NothingToSend() && IsCommitted() ? calm + 1 : 0;
                return calm >= 2 || unless is { IsCompleted: true };
            },
            () => $"the server to come to rest (committed: {IsCommitted()}, nothing to send: {NothingToSend()}). It logged: {Logs.Text}");
        return unless is not { IsCompleted: true };
    }

    public static Task UntilAsync(Func<Task<bool>> condition, string what) => UntilAsync(condition, () => what);

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!await condition().WaitAsync(s_patience))
        {
            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"waited {s_patience} for {what()}");
            }

            await Task.Delay(1);
        }
    }

    public static Task UntilAsync(Func<bool> condition, string what) => UntilAsync(() => Task.FromResult(condition()), what);

    public async Task<CustomerView> CustomerAsync(string id) =>
        await Server.Queries.CustomerAsync(id, default) ?? throw new InvalidOperationException($"There is no customer '{id}'.");

    public long Counter(string name) => Store.Recover().Counters.GetValueOrDefault(name);

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Neither is there when a start was refused.
            if (Server is { } server)
            {
                await server.DisposeAsync().AsTask().WaitAsync(Patience);
            }

            await EndLoopsAsync();

            if (Opened is { } opened)
            {
                await opened.DisposeAsync().AsTask().WaitAsync(s_patience);
            }
        }
        catch (TimeoutException) when (Store != Opened)
        {
            // A test that failed in the middle of a fault leaves a server that nobody answers any more.
        }
        finally
        {
            _data.Dispose();
            Definitions.Dispose();
        }
    }

    private async Task EndLoopsAsync()
    {
        if (CreateLoops is not null && Loops is { } loops)
        {
            Loops = null;
            await loops.DisposeAsync().AsTask().WaitAsync(Patience);
        }
    }

    private bool IsCommitted() => Opened.Recover().Partitions.All(mark => mark.Cursor == mark.Head);

    private bool NothingToSend() =>
        Opened.Settings.Get(PausedSending.Setting) is not null
        || ChannelRegistry.KnownIds.All(channel => Opened.Outbox.ReadDue(channel, Time.Ms, 1, new HashSet<string>(StringComparer.Ordinal)).Count == 0);
}
