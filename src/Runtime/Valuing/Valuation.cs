using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Valuing;

/// <summary>Keeps the models, and asks them. A prediction is computed when somebody looks, or to be told to its customer by a record: nothing of a replay depends on what is computed here.</summary>
internal sealed class Valuation(ISettingStore settings, ProgramLibrary library, FactJournal journal, TimeProvider time) : IValuing
{
    private const double DayWeeks = 1 / 7.0;
    private const double YearDays = 365;

    /// <summary>The setting that was parsed last.</summary>
    private volatile Parsed _parsed = new(null, ValueFit.None);

    /// <summary>Buyers are to be looked at: nothing was fitted for long, or on other orders.</summary>
    public bool IsDue(Program program, long now) =>
        program.Definitions.Orders is { } orders && Last() is var last && (last.Orders != orders.Text || now - last.At >= (last.Missing.Length > 0 ? Limits.MeasureEveryMs : Limits.FitEveryMs));

    public async Task FitAsync(PurchaseSample sample, Program program, long now)
    {
        var started = time.GetTimestamp();
        var fit = await Task.Factory.StartNew(() => Fit(sample, program.Definitions.Orders!.Text, now), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await settings.SetAsync(ValueFit.Setting, (fit with { Seconds = time.GetElapsedTime(started).TotalSeconds }).Print());
    }

    public ValueModelView View()
    {
        var program = library.Now(journal.ProgramVersion);
        if (program.Definitions.Orders is not { } orders)
        {
            return new ValueModelView(null, "Nothing says what an order is: write a value.yaml.", null, "", 0, 0, 0, null, null, null, 0);
        }

        var fit = Last() is var last && last.Orders == orders.Text ? last : ValueFit.None;
        var every = fit.Missing.Length > 0 ? Limits.MeasureEveryMs : Limits.FitEveryMs;
        return new ValueModelView(
            fit.Purchases is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(fit.At),
            fit.Missing,
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(Now(), fit.At + every)),
            orders.Text,
            fit.Buyers,
            fit.Repeaters,
            fit.Sampled,
            fit.Purchases is { } purchases ? new PurchaseParameters(purchases.R, purchases.Alpha, purchases.A, purchases.B, purchases.LogLikelihood) : null,
            fit.Worth is { } worth ? new WorthParameters(worth.P, worth.Q, worth.Gamma, worth.LogLikelihood) : null,
            fit.HoldOut,
            Math.Round(fit.Seconds, 3)) { HistoryFrom = DoneFill.BeginningOfPurchases(settings, program) };
    }

    public PredictionView? Predict(Customer customer, Program program)
    {
        var now = Now();
        if (program.Definitions.Orders is not { } orders || Last() is not { Purchases: { } model } fit || fit.Orders != orders.Text
            || customer.PurchasesIn(program, now) is not { IsCollecting: false } purchases)
        {
            return null;
        }

        var past = ValueFitter.PastOf(purchases, now);
        double? average = fit.Worth is { } worth && purchases.Worth > 0 && worth.Expected(ValueFitter.WorthOf(purchases)) is > 0 and < double.PositiveInfinity and var expected ? expected : null;
        return new PredictionView(
            DateTimeOffset.FromUnixTimeMilliseconds(fit.At),
            Math.Round(model.Alive(past), 4),
            Math.Round(model.Expected(past, 90 * DayWeeks), 4),
            average is { } one ? Math.Round(one, 2) : null,
            average is { } each ? Math.Round(each * Discounted(model, past), 2) : null);
    }

    /// <summary>What a customer is told; null: nothing is predicted of them.</summary>
    public Prediction? PredictionOf(Customer customer, Program program) =>
        Predict(customer, program) is { } seen ? Prediction.Of(seen.Alive, seen.Purchases90Days, seen.AveragePurchase, seen.LifetimeValue) : null;

    /// <summary>When the models of these orders were fitted, ms since 1970; null: there are none.</summary>
    public long? FittedAt(Program program) => program.Definitions.Orders is { } orders && Last() is { Purchases: not null } fit && fit.Orders == orders.Text ? fit.At : null;

    /// <summary>On a thread of its own, behind everything that is live.</summary>
    private static ValueFit Fit(PurchaseSample sample, string orders, long now)
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
        return ValueFitter.Fit(sample, orders, now);
    }

    /// <summary>Purchases of the next year, those of each twelfth of it counted at its end for less.</summary>
    private static double Discounted(PurchaseModel model, in BuyerPast past)
    {
        var (sum, before) = (0.0, 0.0);
        for (var month = 1; month <= 12; month++)
        {
            var until = model.Expected(past, YearDays / 12 * month * DayWeeks);
            sum += (until - before) / Math.Pow(1 + Limits.DiscountAYear, month / 12.0);
            before = until;
        }

        return sum;
    }

    private ValueFit Last()
    {
        var text = settings.Get(ValueFit.Setting);
        if (_parsed is var parsed && ReferenceEquals(parsed.Text, text))
        {
            return parsed.Fit;
        }

        _parsed = parsed = new Parsed(text, ValueFit.Parse(text));
        return parsed.Fit;
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private sealed record Parsed(string? Text, ValueFit Fit);
}
