using Triggers.Runtime.Measuring;

namespace Triggers.Web.Tests.Support;

public sealed class FakeMeasuring : IMeasuring
{
    public int Requests { get; private set; }

    public Task<MeasuringView> ViewAsync() => Task.FromResult(new MeasuringView(
        false, 100, DateTimeOffset.UnixEpoch, 1.5, 3, DateTimeOffset.UnixEpoch.AddMinutes(15), 2, "", [new LineView("top(10%, traits.spent)", 10, 120.5, DateTimeOffset.UnixEpoch, 3, 0)]));

    public void Request() => Requests++;
}
