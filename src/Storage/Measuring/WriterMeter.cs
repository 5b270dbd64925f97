using System.Diagnostics;

namespace Triggers.Storage.Measuring;

/// <summary>Measures one writer's transactions, for instruments and for who looks now.</summary>
internal sealed class WriterMeter(string writer, LatencyWindow window)
{
    public void Transaction(long beganAt, int items)
    {
        var took = Stopwatch.GetElapsedTime(beganAt);
        StorageMetrics.Transaction(writer, took, items);
        window.Record(took);
    }
}
