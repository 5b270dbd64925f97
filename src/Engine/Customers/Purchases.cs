namespace Triggers.Engine.Customers;

/// <summary>What a customer bought: the days with an order, as predictions of what is to come need it.</summary>
/// <param name="First">The first order, ms since 1970.</param>
/// <param name="Days">The last order of each day, ms since 1970, ascending; of very many the latest.</param>
/// <param name="Count">How many days there are, those included that are no longer kept.</param>
/// <param name="Worth">Of all orders, in major units.</param>
/// <param name="IsCollecting">There may be more, from before orders were looked for.</param>
public sealed record Purchases(long First, long[] Days, long Count, double Worth, bool IsCollecting);
