namespace Triggers.Silo.Cli;

/// <summary>Something a person can mend. Its message is all they see: what is wrong, the value seen, what to do.</summary>
public sealed class UserErrorException(string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
