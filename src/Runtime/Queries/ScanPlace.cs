using System.Globalization;

namespace Triggers.Runtime.Queries;

/// <summary>Where a look at every customer goes on, as text for the next page.</summary>
internal static class ScanPlace
{
    /// <summary>null: from the start.</summary>
    public static (int Partition, ulong Hash)? Read(string? token)
    {
        var parts = token?.Split('-');
        return parts is { Length: 2 }
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && ulong.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hash)
            ? (partition, hash)
            : null;
    }

    public static string Text((int Partition, ulong Hash) place) => string.Create(CultureInfo.InvariantCulture, $"{place.Partition}-{place.Hash:x16}");
}
