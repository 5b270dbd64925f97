using System.Globalization;

namespace Triggers.Channels.Email;

/// <summary>
/// Tells what a mail server's refusal means for one message. What it says of this sender, receiver or content for good (5xx) is permanent; what it says
/// for now (4xx), and whatever is wrong between it and us (network, TLS, a password), passes: mail waits until somebody has mended it.
/// </summary>
internal static class SmtpFailure
{
    /// <summary>After a refused password, nothing is tried for this long: providers lock accounts that insist.</summary>
    public static readonly TimeSpan AuthenticationPause = TimeSpan.FromSeconds(30);

    /// <summary>A connection from the pool may have gone stale: the next attempt takes a new one.</summary>
    public static readonly TimeSpan StalePause = TimeSpan.FromSeconds(1);

    /// <param name="code">The reply's code, 400–599.</param>
    /// <param name="about">What was refused: the receiver's address, the sender's, or the message.</param>
    public static SendOutcome OfReply(int code, string about, string reply)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"{about}: {OneLine(reply, code)}");
        return code switch
        {
            // Of the connection, not of the message: not authenticated, or not encrypted as the server wants it.
            530 or 534 or 535 or 538 => SendOutcome.Retry(reason, AuthenticationPause),
            421 => SendOutcome.Retry(reason),
            >= 500 and < 600 => SendOutcome.Failed(reason),
            _ => SendOutcome.Retry(reason),
        };
    }

    public static SendOutcome OfConnection(string server, string cause, bool reused) =>
        SendOutcome.Retry($"{server}: {OneLine(cause, 0)}", reused ? StalePause : null);

    private static string OneLine(string reply, int code)
    {
        var line = reply.ReplaceLineEndings(" ").Trim();
        var prefix = code.ToString(CultureInfo.InvariantCulture);
        line = code > 0 && !line.StartsWith(prefix, StringComparison.Ordinal) ? $"{prefix} {line}" : line;
        return line.Length > 300 ? line[..300] : line;
    }
}
