using System.Text.Json;

namespace Triggers.Runtime.Valuing;

/// <summary>The models as last fitted on the store's own customers: kept as a setting, so that every process and the next start know.</summary>
/// <param name="At">Of the look at all customers that they were fitted on, ms since 1970; 0: there was none.</param>
/// <param name="Orders">Canonical text of what an order was.</param>
/// <param name="Buyers">Customers with a purchase.</param>
/// <param name="Repeaters">Those with more than one.</param>
/// <param name="Sampled">Buyers that the models were fitted on.</param>
/// <param name="Missing">Why there are no models; empty: there are.</param>
internal sealed record ValueFit(
    long At, string Orders, long Buyers, long Repeaters, int Sampled, string Missing, PurchaseModel? Purchases, WorthModel? Worth, HoldOut? HoldOut, double Seconds)
{
    public const string Setting = "value fit";

    public static readonly ValueFit None = new(0, "", 0, 0, 0, "Not fitted yet: customers are looked at soon.", null, null, null, 0);

    public static ValueFit Parse(string? text) => text is null ? None : JsonSerializer.Deserialize<ValueFit>(text, JsonSerializerOptions.Web) ?? None;

    public string Print() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>The models put to the test: fitted on what was known at an instant of the past, asked for what came, and held against it.</summary>
/// <param name="Until">What came after it was not shown to the models.</param>
/// <param name="Days">From there to the fit.</param>
/// <param name="Buyers">Sampled buyers with a purchase until then.</param>
/// <param name="Predicted">Purchases expected of them.</param>
/// <param name="Actual">Purchases that they made.</param>
/// <param name="MeanError">By so many purchases a buyer's own expectation was off, on average.</param>
public sealed record HoldOut(DateTimeOffset Until, double Days, int Buyers, double Predicted, long Actual, double MeanError);
