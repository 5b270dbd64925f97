using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Programs;

namespace Triggers.Runtime.Queries;

/// <summary>
/// Counts who is in two segments by a look at every customer: exact, and nothing is kept for a question that is seldom asked. The loops answer between
/// their batches, a turn's worth of customers at a time.
/// </summary>
internal sealed class OverlapCounter(CustomerReader reader, TimeProvider time)
{
    private int _running;

    /// <exception cref="OverlapBusyException">Another count is running.</exception>
    public async Task<SegmentOverlap> CountAsync(SegmentDefinition segment, Program program, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw new OverlapBusyException();
        }

        try
        {
            var tally = program.Definitions.Segments.ToDictionary(item => item.Id, _ => new Tally(), StringComparer.Ordinal);
            await reader.ScanAsync(null, int.MaxValue, customer => Count(customer, segment.Id, program, tally), cancellation);
            var others = program.Definitions.Segments.Where(item => item.Id != segment.Id)
                .Select(item => new OverlapView(item.Id, item.Name, tally[item.Id].Members, tally[item.Id].Both))
                .OrderByDescending(item => item.Both);
            return new SegmentOverlap(segment.Id, tally[segment.Id].Members, [.. others], time.GetUtcNow());
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Never has enough.</summary>
    private static bool Count(Customer customer, string segment, Program program, Dictionary<string, Tally> tally)
    {
        var isMember = customer.IsIn(segment);
        foreach (var membership in customer.Memberships(program))
        {
            var counts = tally[membership.SegmentId];
            counts.Members++;
            counts.Both += isMember ? 1 : 0;
        }

        return false;
    }

    private sealed class Tally
    {
        public long Members { get; set; }

        public long Both { get; set; }
    }
}

/// <summary>Another count is running: one at a time, so that live events never share the loops with several.</summary>
public sealed class OverlapBusyException() : Exception("Members in common are being counted for somebody else: ask again in a moment.");
