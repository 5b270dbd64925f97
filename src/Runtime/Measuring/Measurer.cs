using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Measuring;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Loop;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Valuing;
using Triggers.Storage;

namespace Triggers.Runtime.Measuring;

/// <summary>
/// Looks at all customers for the numbers that none of them can know alone, one partition after the other and three quarters of its time at rest, and tells what
/// moved as one fact to every partition. At the start, every quarter of an hour (sooner while nobody has a number), when definitions bring something new to measure, and when asked. Of processes
/// that share a store, whoever is first measures.
/// </summary>
internal sealed class Measurer(
    ILoops loops, ProgramLibrary library, FactJournal journal, Appender appender, ISettingStore settings, Valuation valuation, PredictionTeller teller, TimeProvider time, ILogger log) : IMeasuring, IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private volatile bool _isAsked;
    private volatile bool _isLooking;
    private volatile string _error = "";
    private int _partitionsDone;

    public void Start()
    {
        journal.Changed += Wake;
        _running = Task.Run(RunAsync);
    }

    public void Request()
    {
        _isAsked = true;
        Wake();
    }

    /// <summary>Measures now; ends when the fact, if any, is durable.</summary>
    /// <param name="fits">Fits the models of purchases, too, though it is not time yet.</param>
    public async Task MeasureAsync(bool fits, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            _isLooking = true;
            var began = Now();
            var started = time.GetTimestamp();
            var program = library.Now(journal.ProgramVersion);
            var purchases = program.Definitions.Orders is not null && (fits || valuation.IsDue(program, began)) ? new PurchaseSample(Limits.FitSampleMax) : null;
            var found = await LookAsync(program, purchases, cancellation);
            var lines = found.Lines();
            await TellAsync(lines.Where(line => line.Line is not null).Select(line => KeyValuePair.Create(line.Key, line.Line!.Value)), cancellation);
            var counts = lines.ToDictionary(line => LastLook.KeyOf(line.Key), line => new[] { line.Customers, line.ErrorRanks }, StringComparer.Ordinal);
            await settings.SetAsync(LastLook.Setting, new LastLook(began, program.Version, time.GetElapsedTime(started).TotalSeconds, found.Customers, counts).Print());
            if (purchases is not null)
            {
                await valuation.FitAsync(purchases, program, began);
            }

            if (teller.IsDue(program))
            {
                await teller.TellAsync(program, cancellation);
            }

            _error = "";
        }
        finally
        {
            _isLooking = false;
            _one.Release();
        }
    }

    public async Task<MeasuringView> ViewAsync()
    {
        var last = Last();
        var program = library.Now(journal.ProgramVersion);
        var measures = program.Measures;
        var lines = program.LinesToMeasure.Select(line =>
        {
            var isKnown = measures.TryFind(line.Key, out var value);
            var counts = last.Counts.GetValueOrDefault(LastLook.KeyOf(line.Key), [0, 0]);
            return new LineView(
                line.Text, line.Percent, isKnown ? value : null, isKnown ? DateTimeOffset.FromUnixTimeMilliseconds(measures.At) : null, counts[0],
                counts[0] == 0 ? 0 : Math.Round(100.0 * counts[1] / counts[0], 4));
        });
        var walking = (await loops.StatusAsync()).Count(partition => partition.IsWalking);
        return new MeasuringView(
            _isLooking,
            _isLooking ? Math.Round(100.0 * Volatile.Read(ref _partitionsDone) / loops.Partitions, 1) : 100,
            last.At == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(last.At),
            Math.Round(last.Seconds, 3),
            last.Customers,
            program.LinesToMeasure.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(Now(), last.At + EveryMs(program, last))),
            walking,
            _error,
            [.. lines]) { HistoryFrom = DoneFill.Beginning(settings, program, Now()) };
    }

    public async ValueTask DisposeAsync()
    {
        journal.Changed -= Wake;
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _one.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wake = _wake;
            try
            {
                if (IsDue())
                {
                    var isAsked = _isAsked;
                    _isAsked = false;
                    await MeasureAsync(isAsked, _stop.Token);
                    continue;
                }

                await wake.Task.WaitAsync(TimeSpan.FromMilliseconds(Limits.MeasureLookMs), time, _stop.Token);
            }
            catch (TimeoutException)
            {
                continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                _error = error.Message;
                log.MeasureFailed(error);
                await RestAsync();
            }

            Interlocked.CompareExchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), wake);
        }
    }

    /// <summary>After a failure: the next look may find the store again.</summary>
    private async Task RestAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Limits.MeasureLookMs), time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Wake() => _wake.TrySetResult();

    private LastLook Last() => LastLook.Parse(settings.Get(LastLook.Setting));

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private bool IsDue()
    {
        var program = library.Now(journal.ProgramVersion);
        if (program.LinesToMeasure.Count == 0 || !loops.IsLive)
        {
            return false;
        }

        var last = Last();
        return _isAsked || teller.IsDue(program) || Now() - last.At >= EveryMs(program, last) || (last.Version != program.Version && program.LinesToMeasure.Any(line => !last.Counts.ContainsKey(LastLook.KeyOf(line.Key))));
    }

    private static long EveryMs(Program program, LastLook last) => program.LinesToMeasure.All(line => program.Measures.TryFind(line.Key, out _))
        ? Limits.MeasureEveryMs
        : Math.Clamp((long)(last.Seconds * 1000 * Limits.MeasureUnknownRest), Limits.MeasureLookMs / 2, Limits.MeasureEveryMs);

    private async Task<Measurement> LookAsync(Program program, PurchaseSample? purchases, CancellationToken cancellation)
    {
        var all = new Measurement(program, Limits.MeasuredNumbersMax);
        for (var partition = 0; partition < loops.Partitions; partition++)
        {
            Volatile.Write(ref _partitionsDone, partition);
            var part = new Measurement(program, Limits.MeasuredNumbersMax);
            ulong? after = null;
            for (var more = true; more;)
            {
                var started = time.GetTimestamp();
                var states = await loops.ScanAsync(partition, after, Limits.ScanPerTurn, cancellation);
                foreach (var state in states)
                {
                    var customer = CustomerCodec.Read(state.Span);
                    after = customer.Hash;
                    part.Take(customer, Now());
                    if (purchases is not null && customer is { Exists: true, MergedInto: null } && customer.PurchasesIn(program, Now()) is { } bought)
                    {
                        purchases.Take(customer.Hash, bought);
                    }
                }

                more = states.Count >= Limits.ScanPerTurn;
                var rest = time.GetElapsedTime(started) * Limits.MeasureRest;
                if (more && rest >= TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(rest, time, cancellation);
                }
            }

            all.Merge(part);
        }

        return all;
    }

    /// <summary>Nothing is told that everybody knows.</summary>
    private Task TellAsync(IEnumerable<KeyValuePair<ulong, double>> numbers, CancellationToken cancellation) => journal.AddAsync(async facts =>
    {
        var known = FactJournal.MeasuresOf(facts);
        var found = new Measures(known.Number + 1, 0, numbers);
        if (found.HasSameNumbers(known))
        {
            return null;
        }

        var at = await appender.AppendFactAsync(Enumerable.Range(0, loops.Partitions), FactKind.Measured, found.Number, found.Print(), cancellation);
        return new PastFact(at, FactKind.Measured, found.Number, found.Print());
    });
}
