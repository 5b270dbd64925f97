namespace Triggers.Silo.Cli;

/// <summary>What the program's exit code tells a script. Documented in docs/cli.md: append-only.</summary>
public static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>It could not do what was asked; the message says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>It did its work, and some of the input was refused (import: rejected rows; validate: errors found; replay: disagreements).</summary>
    public const int Partial = 3;

    /// <summary>status: the server answers, and is not ready.</summary>
    public const int NotReady = 4;

    /// <summary>Ended by Ctrl-C or SIGTERM before it was done.</summary>
    public const int Cancelled = 130;
}
