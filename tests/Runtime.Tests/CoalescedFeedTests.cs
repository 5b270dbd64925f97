using Microsoft.Extensions.Logging;
using Triggers.Runtime.Live;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class CoalescedFeedTests
{
    [Fact]
    public async Task A_feed_that_cannot_read_for_a_while_says_so_once_and_goes_on_and_its_end_throws_nothing()
    {
        using var logs = new ListLogs();
        var feed = new FailingFeed(logs.CreateLogger("feed"));
        feed.Wake();
        await feed.Took.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await feed.DisposeAsync();

        Assert.True(feed.Takes > 3);
        Assert.Single(logs.Text.Split("The live feed could not take what changed")[1..]);
    }

    private sealed class FailingFeed : CoalescedFeed
    {
        public FailingFeed(ILogger log)
            : base(TimeProvider.System, log) => Start();

        public TaskCompletionSource Took { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Takes { get; private set; }

        public override long LagRecords => 0;

        public override long OldestApplyingAt => long.MaxValue;

        protected override bool IsMoving => false;

        public override long this[string counter] => 0;

        public override Dictionary<string, long> All() => [];

        public override Dictionary<string, long> Under(string prefix) => [];

        public override LiveRates Rates() => throw new NotSupportedException();

        public override LiveSnapshot Snapshot() => throw new NotSupportedException();

        protected override LiveDelta? Take()
        {
            if (++Takes <= 3)
            {
                throw new IOException("The disk fails.");
            }

            Took.TrySetResult();
            return null;
        }
    }
}
