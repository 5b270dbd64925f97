using System.Text.Json;

namespace Triggers.Runtime.Measuring;

/// <summary>What the last look at all customers found beside its lines: kept as a setting, so that every process and the next start know.</summary>
/// <param name="At">When it began, ms since 1970; 0: there was none.</param>
/// <param name="Version">Of the definitions.</param>
/// <param name="Counts">Of each line, by key in hexadecimal: customers, and ranks that it may be wrong by.</param>
internal sealed record LastLook(long At, int Version, double Seconds, long Customers, IReadOnlyDictionary<string, long[]> Counts)
{
    public const string Setting = "measured";

    public static readonly LastLook None = new(0, 0, 0, 0, new Dictionary<string, long[]>(StringComparer.Ordinal));

    public static LastLook Parse(string? text) => text is null ? None : JsonSerializer.Deserialize<LastLook>(text, JsonSerializerOptions.Web) ?? None;

    public string Print() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    public static string KeyOf(ulong key) => key.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
