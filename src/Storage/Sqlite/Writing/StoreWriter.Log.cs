using Microsoft.Extensions.Logging;

namespace Triggers.Storage.Sqlite.Writing;

internal sealed partial class StoreWriter
{
    [LoggerMessage(EventId = 1000, Level = LogLevel.Critical, Message = "The store's writer ended: nothing can be stored until the program is started again.")]
    private static partial void LogWriterDied(ILogger logger, Exception error);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "A transaction of {Items} items failed; they are tried one by one.")]
    private static partial void LogTransactionFailed(ILogger logger, Exception error, int items);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "The disk takes no more data, so events are refused (503) and commits wait: {Reason}. Make room; it goes on by itself.")]
    private static partial void LogDiskRefuses(ILogger logger, string reason);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Error, Message = "A listener to queued messages failed; the messages are found by the next sweep.")]
    private static partial void LogListenerFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 1006, Level = LogLevel.Error, Message = "The store's file is not where it was, so events are refused (503) and commits wait: {Reason} It goes on by itself once it is back.")]
    private static partial void LogFileMoved(ILogger logger, string reason);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information, Message = "The disk takes data again.")]
    private static partial void LogDiskTakesAgain(ILogger logger);
}
