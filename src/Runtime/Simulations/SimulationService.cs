using Microsoft.Extensions.Logging;
using Triggers.Storage;

namespace Triggers.Runtime.Simulations;

/// <summary>Simulations beside a running server.</summary>
public interface ISimulations
{
    /// <exception cref="SimulationBusyException">Another one is running.</exception>
    /// <returns>null: there is no such customer.</returns>
    Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation);
}

/// <summary>One at a time: each holds the customers of a partition for every thread.</summary>
public sealed class SimulationBusyException() : Exception("Another simulation is running: wait for its end.");

/// <summary>Leaves half of the cores to the server.</summary>
internal sealed class SimulationService(IStore store, TimeProvider time, ILoggerFactory logs) : ISimulations
{
    private int _running;

    public async Task<SimulationReport?> RunAsync(SimulationRequest request, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new SimulationBusyException();
        }

        try
        {
            return await Task.Run(() => new Simulation(store, request, time, logs).Run(Math.Max(1, Environment.ProcessorCount / 2), cancellation), cancellation);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }
}
