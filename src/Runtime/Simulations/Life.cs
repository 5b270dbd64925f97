using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Simulations;

/// <summary>Lives customers through their past again, on one thread.</summary>
/// <param name="from">Campaigns work from here on, ms since 1970.</param>
/// <param name="to">The first instant that is not lived through any more.</param>
internal sealed class Life(Program program, long from, long to, Merges merges, int partitions, ILogger log) : IDisposable
{
    private readonly Facts _before = new(program, program.Definitions.Campaigns.Select(campaign => campaign.Id).ToHashSet(StringComparer.Ordinal));
    private readonly Facts _after = new(program, new HashSet<string>(StringComparer.Ordinal));

    public Tally Tally { get; } = new(from, to);

    /// <summary>Up to the end, or to where the customer waits for somebody's state.</summary>
    public void Live(CustomerPast past)
    {
        if (!past.HasBegun)
        {
            past.Begin();
        }

        for (; past.Done < past.Items.Count && past.Items[past.Done].At < to; past.Done++)
        {
            var item = past.Items[past.Done];
            RecordView.Read(item.Bytes.Span, out var view);
            (view.At, view.Offset) = (item.At, item.Offset);
            if (view.Kind == RecordKind.TakeOver)
            {
                if (!merges.TryTake(past, view.Key, view.OtherId, out var state))
                {
                    return;
                }

                view.Body = state;
            }

            if (item.At >= from)
            {
                Cross(past);
            }

            view.Flags &= ~RecordFlags.Historical;
            Apply(past, view, item.At < from ? _before : _after);
            Tally.Applied++;
        }

        Cross(past);
        Pass(past, to - 1, _after);
        Tally.Customers += past.Customer.Exists ? 1 : 0;
    }

    public void Dispose() => Tally.Dispose();

    /// <summary>What time brings before campaigns begin to work finds them not working.</summary>
    private void Cross(CustomerPast past)
    {
        if (!past.HasCrossed)
        {
            past.HasCrossed = true;
            Pass(past, from - 1, _before);
        }
    }

    private void Pass(CustomerPast past, long at, Facts facts)
    {
        if (past.Customer.Exists && past.Customer.Due <= at)
        {
            Apply(past, new RecordView { Kind = RecordKind.Timer, At = at, Offset = past.Customer.Offset, CustomerHash = past.Hash, Key = past.Key }, facts);
        }
    }

    private void Apply(CustomerPast past, in RecordView view, Facts facts)
    {
        try
        {
            Machine.Apply(past.Customer, view, facts, Tally);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.ApplyFailed(error, CustomerKey.PartitionOf(past.Hash, partitions), view.Offset, past.Customer.Key);
            Tally.Failures++;
        }

        HandOver();
    }

    /// <summary>Links and forwarded events stand in the log as they were; only a state that was handed over is another one now.</summary>
    private void HandOver()
    {
        if (Tally.Records.Count == 0)
        {
            return;
        }

        foreach (var entry in Tally.Records.Entries)
        {
            RecordView.Read(Tally.Records.Bytes[entry.Start..], out var view);
            if (view.Kind == RecordKind.TakeOver)
            {
                merges.Deliver(view.Key, view.OtherId, view.Body);
            }
        }

        Tally.Records.Clear();
    }
}
