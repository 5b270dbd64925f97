namespace Triggers.Web;

/// <summary>Everything the HTTP side logs; event ids 5000 to 5999.</summary>
internal static partial class WebLog
{
    [LoggerMessage(5000, LogLevel.Error, "Events sent to {Path} could not be taken in")]
    public static partial void IngestFailed(ILogger logger, string path, Exception error);

    [LoggerMessage(5001, LogLevel.Error, "The management API failed at {Method} {Path}")]
    public static partial void ApiFailed(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(5002, LogLevel.Warning, "A sign-in from {Address} was refused")]
    public static partial void SignInRefused(ILogger logger, string address);

    [LoggerMessage(5003, LogLevel.Warning, "The live hub refused a viewer of origin {Origin}: it is neither this host nor the public URL")]
    public static partial void OriginRefused(ILogger logger, string origin);

    [LoggerMessage(5004, LogLevel.Warning, "What a recipient did to message {MessageId} could not be recorded")]
    public static partial void OutcomeLost(ILogger logger, string messageId, Exception error);

    [LoggerMessage(5005, LogLevel.Warning, "Statistics of events could not be written; they wait in memory and are tried again")]
    public static partial void QualityNotKept(ILogger logger, Exception error);
}
