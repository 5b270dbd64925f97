using Microsoft.Extensions.Logging;

namespace Triggers.Silo.Serve;

/// <summary>Every log message of the program itself (event ids 6000–6999).</summary>
internal static partial class SiloLog
{
    [LoggerMessage(6001, LogLevel.Information, "Draining: {Reason}")]
    public static partial void Draining(this ILogger logger, string reason);

    [LoggerMessage(6002, LogLevel.Information, "Stopped after {Seconds:F1} s")]
    public static partial void Stopped(this ILogger logger, double seconds);

    [LoggerMessage(6005, LogLevel.Error, "Stopped without flushing every customer: the log could not be read or the store not written, as said above. What was acknowledged is in the log, and the next start replays it")]
    public static partial void StoppedEarly(this ILogger logger);

    [LoggerMessage(6006, LogLevel.Warning, "The stop waits for the store, for {Seconds} s at most (StopPatienceSeconds): {Reason}")]
    public static partial void StopWaits(this ILogger logger, string reason, double seconds);

    [LoggerMessage(6007, LogLevel.Warning, "A part of the server could not end in order")]
    public static partial void StopFailed(this ILogger logger, Exception error);

    [LoggerMessage(6008, LogLevel.Warning, "The store took nothing at the end: {Reason}")]
    public static partial void StopFinds(this ILogger logger, string reason);

    [LoggerMessage(6004, LogLevel.Information, "Ready on {Url}; store {StoreId}: {Store}; host: {Host}")]
    public static partial void Ready(this ILogger logger, string url, string storeId, string store, string host);

    [LoggerMessage(6003, LogLevel.Warning, "Links in mail point to {PublicUrl}, which only this machine can open: set --public-url (or PublicUrl)")]
    public static partial void PublicUrlIsLoopback(this ILogger logger, string publicUrl);

    [LoggerMessage(6010, LogLevel.Information, "Demo: {Count} people with {Events} events of history")]
    public static partial void DemoHistory(this ILogger logger, int count, long events);

    [LoggerMessage(6011, LogLevel.Warning, "Demo: the server answered {Status}; the demo waits {Seconds} s")]
    public static partial void DemoRefused(this ILogger logger, int status, double seconds);

    [LoggerMessage(6012, LogLevel.Error, "The demo ended")]
    public static partial void DemoFailed(this ILogger logger, Exception error);
}
