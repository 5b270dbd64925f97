using System.Text;
using Microsoft.Extensions.Logging;
using Triggers.Engine.Records;
using Triggers.Runtime.Hosting;
using Triggers.Runtime.Live;
using Triggers.Runtime.Loop;
using Triggers.Storage;

namespace Triggers.Runtime.Lists;

/// <summary>
/// Tells customers that they were put on a list or taken off, at a bounded rate beside live events: a record each, then the row of the list says that it is told. A crash
/// between the two repeats records that say nothing new. Of processes that share a store, whoever has the first partition tells.
/// </summary>
internal sealed class ListTeller(IListStore store, ISettingStore settings, OwnedPartitions owned, ILoops loops, Appender appender, ILag lag, ILogger log) : IAsyncDisposable
{
    /// <summary>Held while a piece is told, so that of two processes that take themselves for the first one's owner, one tells after the other.</summary>
    public const string Turn = "lists/turn";

    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Something was uploaded here.</summary>
    public void Wake() => _wake.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wake = _wake;
            try
            {
                if (loops.IsLive && owned.Has(0) && lag.LagRecords <= Limits.FillLagMax && await TellAsync())
                {
                    await Task.Delay(Limits.ListRestMs, _stop.Token);
                    continue;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error)
            {
                log.ListsFailed(error);
            }

            try
            {
                await wake.Task.WaitAsync(TimeSpan.FromMilliseconds(Limits.ListLookMs), _stop.Token);
                Interlocked.CompareExchange(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), wake);
            }
            catch (TimeoutException)
            {
                // Another process may have taken an upload in.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One piece; false: nothing is left to tell.</summary>
    private async Task<bool> TellAsync()
    {
        var told = store.Pending(1).Count > 0 || store.All().Any(list => list.IsDropped);
        if (told)
        {
            await settings.UpdateAsync(Turn, async _ =>
            {
                foreach (var list in store.All().Where(list => list.IsDropped && list.Members > 0))
                {
                    await store.TakeOlderAsync(list.Id, long.MaxValue, Limits.ListPiece);
                }

                var orders = store.Pending(Limits.ListPiece);
                if (orders.Count > 0)
                {
                    using var batch = new RecordBatch(64 * orders.Count);
                    foreach (var order in orders)
                    {
                        batch.AddCommand(Encoding.UTF8.GetBytes(CustomerKey.User(order.UserId).Text), order.Joins ? CommandKind.JoinList : CommandKind.LeaveList, order.List);
                    }

                    await appender.AppendAsync(batch, _stop.Token);
                }

                await store.DoneAsync(orders);
                return null;
            });
        }

        return told;
    }
}
