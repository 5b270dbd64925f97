using System.Collections.Concurrent;
using Triggers.Engine.Customers;
using Triggers.Engine.Measuring;
using Triggers.Grains.Customers;
using Triggers.Runtime;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Operations;

namespace Triggers.Grains.Hosting;

/// <summary>What the grains of this silo work with: the server's store, programs and settings. Filled when a server opens its loops, before any grain is called.</summary>
internal sealed class ClusterNode
{
    private readonly ConcurrentDictionary<string, Facts> _facts = new(StringComparer.Ordinal);
    private (LoopContext Context, ServerOptions Options)? _server;
    private volatile bool _takesPartitions;
    private long _resident;

    public LoopContext Context => Server.Context;

    public ServerOptions Options => Server.Options;

    /// <summary>Whether reminders are kept for this cluster.</summary>
    public bool HasReminders { get; set; }

    /// <summary>There is a server, and it is not about to stop: partitions may begin here.</summary>
    public bool TakesPartitions => _takesPartitions;

    /// <summary>Partitions whose loops run on this silo, ascending.</summary>
    public IReadOnlyList<int> Partitions => _server is { } server ? [.. server.Context.Owned.All.Select(owned => owned.Number)] : [];

    /// <summary>Customers active on this silo.</summary>
    public long Resident => Interlocked.Read(ref _resident);

    private (LoopContext Context, ServerOptions Options) Server =>
        _server ?? throw new InvalidOperationException("This silo has no server yet: its grains cannot be called.");

    /// <summary>How this silo is; null: it has no server that has started.</summary>
    public NodeView? Describe() => _server?.Context.DescribeNode?.Invoke();

    public void Attach(LoopContext context, ServerOptions options)
    {
        _facts.Clear();
        _server = (context, options);
        _takesPartitions = true;
    }

    /// <summary>The server is about to stop.</summary>
    public void TakeNoMore() => _takesPartitions = false;

    public void CustomerCame() => Interlocked.Increment(ref _resident);

    public void CustomerLeft() => Interlocked.Decrement(ref _resident);

    /// <summary>The facts that a note names.</summary>
    public Facts Find(FactsNote note) => note.Known ??= _facts.GetOrAdd(
        $"{note.ProgramVersion} {note.ActivatedAt} {note.MeasuresNumber} {string.Join(' ', note.PausedCampaigns)}",
        _ => new Facts(Context.Library.Get(note.ProgramVersion, note.ActivatedAt).With(Measures.Parse(note.MeasuresNumber, note.MeasuredAt, note.Measures ?? "")), note.PausedCampaigns.ToHashSet(StringComparer.Ordinal)));
}
