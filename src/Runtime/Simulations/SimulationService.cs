using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Storage;

namespace Triggers.Runtime.Simulations;

/// <summary>Simulations beside a running server.</summary>
public interface ISimulations
{
    /// <exception cref="SimulationBusyException">Another one is running.</exception>
    /// <returns>null: there is no such customer.</returns>
    Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation);

    /// <summary>How many customers a condition would hold for, on a sample where there are too many to look at all in a moment.</summary>
    /// <param name="files">The definitions that the condition stands among.</param>
    /// <exception cref="SimulationBusyException">Another one is running.</exception>
    /// <param name="exact">Look at everybody, however long it takes.</param>
    Task<SegmentPreviewReport> PreviewAsync(IReadOnlyList<DefinitionFile> files, string condition, bool exact, CancellationToken cancellation);

    /// <summary>How far the simulation or exact preview is that runs in this process; null: none does.</summary>
    SimulationProgress? Progress { get; }
}

/// <param name="Records">Committed ones, all of which are read.</param>
/// <param name="Read">Of them, so far.</param>
public sealed record SimulationProgress(long Records, long Read, double Seconds);

/// <summary>One at a time: each holds the customers of a partition for every thread.</summary>
public sealed class SimulationBusyException() : Exception("Another simulation is running: wait for its end.");

/// <summary>Leaves half of the cores to the server.</summary>
internal sealed class SimulationService(IStore store, TimeProvider time, ILoggerFactory logs) : ISimulations
{
    private readonly Lock _gate = new();
    private int _running;
    private (Simulation Simulation, long Began)? _current;

    public SimulationProgress? Progress
    {
        get
        {
            lock (_gate)
            {
                return _current is var (simulation, began) ? new SimulationProgress(simulation.Total, Math.Min(simulation.Done, simulation.Total), Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1)) : null;
            }
        }
    }

    public Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation) => AloneAsync(() => Run(request, cancellation), cancellation);

    public async Task<SegmentPreviewReport> PreviewAsync(IReadOnlyList<DefinitionFile> files, string condition, bool exact, CancellationToken cancellation)
    {
        var (definitions, expression, errors) = SegmentDraft.Add(files, condition);
        if (definitions is null)
        {
            return SegmentPreviewReport.Invalid(errors);
        }

        var canonical = Canonical.Of(expression!);
        return await AloneAsync(() => exact ? CountAll(definitions, canonical, cancellation) : new SegmentPreview(store, definitions, SegmentDraft.Id, time, logs.CreateLogger("Triggers.Runtime")).Run(canonical, cancellation), cancellation);
    }

    private SimulationReport? Run(SimulationRequest request, CancellationToken cancellation)
    {
        var simulation = new Simulation(store, request, time, logs);
        lock (_gate)
        {
            _current = (simulation, Stopwatch.GetTimestamp());
        }

        try
        {
            return simulation.Run(Math.Max(1, Environment.ProcessorCount / 2), cancellation);
        }
        finally
        {
            lock (_gate)
            {
                _current = null;
            }
        }
    }

    /// <summary>Everybody's past, with the definitions of segments alone.</summary>
    private SegmentPreviewReport CountAll(DefinitionSet definitions, string condition, CancellationToken cancellation)
    {
        var report = Run(new SimulationRequest(definitions with { Campaigns = [] }), cancellation)!;
        var members = report.Segments.First(segment => segment.Id == SegmentDraft.Id).Size;
        var customers = Math.Max(members, store.Recover().Counters.GetValueOrDefault("customers/total"));
        return new SegmentPreviewReport(condition, [], customers, members, customers, members, members, members, true, [], report.Seconds) { HistoryFrom = report.HistoryFrom };
    }

    private async Task<T> AloneAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new SimulationBusyException();
        }

        try
        {
            return await Task.Run(work, cancellation);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}
