using Microsoft.Extensions.Logging;

namespace Triggers.Grains.Silos;

/// <summary>
/// Ends the process when Orleans says that its silo cannot go on, as a rule because the others have declared it dead. Nothing that it still did would be committed, so there
/// is nothing to wait for; whoever supervises the process starts it again.
/// </summary>
internal sealed class SiloEnd(ILoggerFactory logs) : IFatalErrorHandler
{
    private const int ExitCode = 1;
    private const int ExitWithinMs = 3_000;

    /// <summary>Orleans' own words, which are all that tells this end from others.</summary>
    private const string ToldDead = "told I am dead";

    private readonly ILogger _log = logs.CreateLogger("Triggers.Grains");

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (context?.Contains(ToldDead, StringComparison.Ordinal) == true)
        {
            _log.DeclaredDead();
            Console.Error.WriteLine("error: The other silos have declared this one dead, so its process ends; they have its partitions. Start it again.");
        }
        else
        {
            _log.SiloFailed(exception, context ?? "");
            Console.Error.WriteLine($"error: The silo cannot go on, so its process ends: {context} {exception?.Message}");
        }

        // Not on this thread, which Orleans may be waiting for at the end; and not waiting for ever for anybody who has something to do at the end.
        new Thread(() => Environment.Exit(ExitCode)) { IsBackground = true }.Start();
        new Thread(() =>
        {
            Thread.Sleep(ExitWithinMs);
            Environment.FailFast("The process did not end by itself.");
        }) { IsBackground = true }.Start();
    }
}
