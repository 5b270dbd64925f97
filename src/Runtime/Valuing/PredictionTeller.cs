using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Valuing;

/// <summary>
/// Tells each buyer what the models say of them, once the models were fitted anew, if definitions read it and if it has moved: a record for each, one partition after the
/// other and most of its time at rest. What conditions decide is what was told: it stands in the log.
/// </summary>
internal sealed class PredictionTeller(ILoops loops, Appender appender, ISettingStore settings, Valuation valuation, TimeProvider time)
{
    public bool IsDue(Program program) => program.NeedsPredictions && valuation.FittedAt(program) is { } fitted && Last().FittedAt != fitted;

    public async Task TellAsync(Program program, CancellationToken cancellation)
    {
        if (valuation.FittedAt(program) is not { } fitted)
        {
            return;
        }

        var isFirst = Last().FittedAt == 0;
        var (buyers, told) = (0L, 0L);
        using var records = new RecordBatch();
        for (var partition = 0; partition < loops.Partitions; partition++)
        {
            ulong? after = null;
            for (var more = true; more;)
            {
                var started = time.GetTimestamp();
                var states = await loops.ScanAsync(partition, after, Limits.ScanPerTurn, cancellation);
                records.Clear();
                foreach (var state in states)
                {
                    var customer = CustomerCodec.Read(state.Span);
                    after = customer.Hash;
                    if (customer is { Exists: true, MergedInto: null } && valuation.PredictionOf(customer, program) is { } prediction)
                    {
                        buyers++;
                        if (prediction.HasMovedFrom(Prediction.ToldTo(customer)))
                        {
                            records.AddPredicted(customer.KeyUtf8, prediction.ToBytes(), isFirst);
                        }
                    }
                }

                if (records.Count > 0)
                {
                    told += records.Count;
                    await appender.AppendAsync(records, cancellation);
                }

                more = states.Count >= Limits.ScanPerTurn;
                var rest = time.GetElapsedTime(started) * Limits.MeasureRest;
                if (more && rest >= TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(rest, time, cancellation);
                }
            }
        }

        await settings.SetAsync(LastTold.Setting, JsonSerializer.Serialize(new LastTold(fitted, buyers, told), JsonSerializerOptions.Web));
    }

    public LastTold Last() => settings.Get(LastTold.Setting) is { } text ? JsonSerializer.Deserialize<LastTold>(text, JsonSerializerOptions.Web)! : LastTold.None;
}

/// <summary>The last time that every buyer was told: kept as a setting.</summary>
/// <param name="FittedAt">Of the models, ms since 1970; 0: nobody was told yet.</param>
/// <param name="Buyers">Of whom the models said something.</param>
/// <param name="Told">Those whose numbers had moved.</param>
internal sealed record LastTold(long FittedAt, long Buyers, long Told)
{
    public const string Setting = "predictions told";

    public static readonly LastTold None = new(0, 0, 0);
}
