using System.Globalization;

namespace Triggers.Storage;

/// <summary>All sending is paused: a setting, whose value says why.</summary>
public static class PausedSending
{
    public const string Setting = "sending/paused";

    /// <summary>Somebody paused it.</summary>
    public const string ByHand = "true";

    /// <summary>Why, for people; null: somebody paused it, or it is not paused.</summary>
    public static string? ReasonOf(ISettingStore settings) => settings.Get(Setting) is { } value && value != ByHand ? value : null;

    public static string AfterRestore(DateTimeOffset taken)
        => string.Create(CultureInfo.InvariantCulture, $"This store was restored from a back-up of {taken.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z. What was queued then, or came due since, may have been sent already.");

    public const string AfterCopy = "This store is a copy of another database, as a restore makes one. What was queued then, or came due since, may have been sent already.";
}
