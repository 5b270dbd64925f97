using Triggers.Engine.Customers;
using Triggers.Engine.Programs;

namespace Triggers.Runtime.Valuing;

/// <summary>What customers are expected to buy, by models fitted on all of them.</summary>
public interface IValuing
{
    ValueModelView View();

    /// <summary>null: the customer bought nothing yet, or there is no model.</summary>
    PredictionView? Predict(Customer customer, Program program);
}

/// <param name="FittedAt">null: there are no models.</param>
/// <param name="Missing">Why there are none, in words; empty: there are.</param>
/// <param name="NextAt">When they are fitted anew, or tried; null: nothing says what an order is.</param>
/// <param name="Orders">What an order was then.</param>
/// <param name="Buyers">Customers with a purchase, a day with orders.</param>
/// <param name="Repeaters">Those with more than one.</param>
/// <param name="Sampled">Buyers that the models were fitted on: all, or that many of them.</param>
/// <param name="Worth">null: too few buyers with a worth above 0.</param>
/// <param name="HoldOut">null: the past is too short to hold some of it back.</param>
/// <param name="Seconds">How long the fit took.</param>
public sealed record ValueModelView(
    DateTimeOffset? FittedAt, string Missing, DateTimeOffset? NextAt, string Orders, long Buyers, long Repeaters, int Sampled, PurchaseParameters? Purchases, WorthParameters? Worth, HoldOut? HoldOut, double Seconds)
{
    /// <summary>Set where what was filled from a log without its beginning is behind the purchases: those before this instant may be missing. null: none are.</summary>
    public DateTimeOffset? HistoryFrom { get; init; }
}

/// <summary>Of BG/NBD, time in weeks.</summary>
public sealed record PurchaseParameters(double R, double Alpha, double A, double B, double LogLikelihood);

/// <summary>Of Gamma-Gamma, money in major units.</summary>
public sealed record WorthParameters(double P, double Q, double Gamma, double LogLikelihood);

/// <summary>Of one customer, from now on.</summary>
/// <param name="FittedAt">When the models were.</param>
/// <param name="Alive">The chance that the customer has not left for good.</param>
/// <param name="Purchases90Days">Days with orders to be expected in the next 90 days.</param>
/// <param name="AveragePurchase">What one is expected to be worth, in major units; null: there is no model of it.</param>
/// <param name="LifetimeValue">Worth of the purchases of the next year, those to come discounted; null: there is no model of it.</param>
public sealed record PredictionView(DateTimeOffset FittedAt, double Alive, double Purchases90Days, double? AveragePurchase, double? LifetimeValue);
