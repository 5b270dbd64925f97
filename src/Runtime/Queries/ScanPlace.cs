using System.Globalization;

namespace Triggers.Runtime.Queries;

/// <summary>Where a look at every customer goes on, as text for the next page.</summary>
internal static class ScanPlace
{
    /// <summary>null: from the start.</summary>
    /// <exception cref="UnknownPlaceException">None that we gave out.</exception>
    public static (int Partition, ulong Hash)? Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return null;
        }

        return token.Split('-') is { Length: 2 } parts
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            && ulong.TryParse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hash)
            ? (partition, hash)
            : throw new UnknownPlaceException(token);
    }

    public static string Text((int Partition, ulong Hash) place) => string.Create(CultureInfo.InvariantCulture, $"{place.Partition}-{place.Hash:x16}");
}
