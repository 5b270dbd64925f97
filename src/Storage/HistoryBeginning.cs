using System.Globalization;

namespace Triggers.Storage;

/// <summary>Where history begins when a retention has dropped what came before: a setting, written in the transaction that drops, so that it moves with the store.</summary>
public static class HistoryBeginning
{
    internal const string Setting = "history/from";

    /// <summary>Records of this instant (ms since 1970) and later ones are all there; 0: all are, from the first.</summary>
    public static long Of(ISettingStore settings) => settings.Get(Setting) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>null: all are there.</summary>
    public static DateTimeOffset? InstantOf(ISettingStore settings) => Of(settings) is > 0 and var from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null;

    internal static string Text(long from) => from.ToString(CultureInfo.InvariantCulture);
}
