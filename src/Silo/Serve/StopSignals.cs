using System.Runtime.InteropServices;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>Ctrl-C (or SIGTERM) asks for a clean stop; the second one ends the process at once, since the first may be waiting for a disk.</summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly string _doing;
    private int _count;

    /// <param name="doing">What a first signal begins, in words.</param>
    public StopSignals(string doing)
    {
        _doing = doing;
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
    }

    public CancellationToken Requested => _stop.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit(ExitCodes.Cancelled);
        }

        Console.Error.WriteLine($"stopping: {_doing} (Ctrl-C again stops at once)");
        _stop.Cancel();
    }
}
