namespace Triggers.Silo.Bench.Growth;

/// <summary>One set-up of a series: what a round of it is, and what its rounds took.</summary>
/// <param name="events">Of a round.</param>
/// <param name="prepare">Before each round, and not measured.</param>
internal sealed class GrowthSubject(string name, GrowthLoad load, int events, Action prepare, Action work)
{
    private readonly List<double> _times = [];

    public GrowthLoad Load { get; } = load;

    /// <summary>Mean bytes of a stored state; null: of the customers in memory.</summary>
    public double? StateBytes { get; init; }

    /// <summary>Processor time of this process, so that what runs beside it counts as little as can be.</summary>
    public void Round(bool isMeasured)
    {
        prepare();
        var before = Environment.CpuUsage.TotalTime;
        work();
        if (isMeasured)
        {
            _times.Add((Environment.CpuUsage.TotalTime - before).TotalNanoseconds / events);
        }
    }

    public GrowthRow Row()
    {
        _times.Sort();
        return new GrowthRow(name, _times[_times.Count / 2], 1, StateBytes ?? Load.StateBytes(), Load.Count == 0 ? null : Load.Heap.UsedBytes / (double)Load.Count);
    }
}
