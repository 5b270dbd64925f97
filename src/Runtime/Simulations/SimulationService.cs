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
    Task<SegmentPreviewReport> PreviewAsync(IReadOnlyList<DefinitionFile> files, string condition, CancellationToken cancellation);
}

/// <summary>One at a time: each holds the customers of a partition for every thread.</summary>
public sealed class SimulationBusyException() : Exception("Another simulation is running: wait for its end.");

/// <summary>Leaves half of the cores to the server.</summary>
internal sealed class SimulationService(IStore store, TimeProvider time, ILoggerFactory logs) : ISimulations
{
    private int _running;

    public Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation) =>
        AloneAsync(() => new Simulation(store, request, time, logs).Run(Math.Max(1, Environment.ProcessorCount / 2), cancellation), cancellation);

    public async Task<SegmentPreviewReport> PreviewAsync(IReadOnlyList<DefinitionFile> files, string condition, CancellationToken cancellation)
    {
        var (definitions, expression, errors) = SegmentDraft.Add(files, condition);
        return definitions is null
            ? SegmentPreviewReport.Invalid(errors)
            : await AloneAsync(() => new SegmentPreview(store, definitions, SegmentDraft.Id, time, logs.CreateLogger("Triggers.Runtime")).Run(Canonical.Of(expression!), cancellation), cancellation);
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
