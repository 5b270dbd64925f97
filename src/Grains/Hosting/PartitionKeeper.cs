using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using Triggers.Grains.Partitions;
using Triggers.Grains.Placement;
using Triggers.Grains.Silos;

namespace Triggers.Grains.Hosting;

/// <summary>
/// Keeps partitions running: calls those that prefer this silo often and the others now and then, so that one whose silo died begins elsewhere at once. Hands some over
/// when this silo has more than its share, and all of them when it is drained or stops.
/// </summary>
internal sealed class PartitionKeeper(OrleansHost host, Members members, int partitions, ILogger log) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _allLive = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task?[] _calls = new Task?[partitions];
    private readonly bool[] _live = new bool[partitions];
    private Task _running = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private Task _balancing = Task.CompletedTask;
    private int _rebalancings = -1;
    private SiloAddress[] _silos = [];
    private long _changedAt;

    /// <summary>Ends when every partition has been live once since this silo looked.</summary>
    public Task AllLive => _allLive.Task;

    public void Start() => _running = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _balancing.WaitAsync(Limits.SiloPatience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _allLive.TrySetCanceled();
    }

    /// <summary>Every partition of this silo ends its loop with all states flushed, and begins on another silo if there is one.</summary>
    public async Task HandAllOverAsync()
    {
        await TellLeavingAsync();
        host.Node.TakeNoMore();
        var silos = members.Staying.Where(silo => !silo.Equals(members.Me)).ToArray();
        var shares = await SharesAsync(silos);
        await Parallel.ForEachAsync(host.Node.Partitions, new ParallelOptions { MaxDegreeOfParallelism = Limits.HandOversAtOnce }, async (partition, _) =>
            await HandOverAsync(partition, TakeLeast(shares)));
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        for (var round = 0; !_stop.IsCancellationRequested; round++)
        {
            try
            {
                ReadPlan();
                Look();
                Call(round);
                if (_balancing.IsCompleted && (round % Limits.BalanceRounds == 0 || IsAsked()))
                {
                    // Not waited for: partitions of a silo that dies meanwhile are not to wait for those that move.
                    var former = _balancing;
                    _balancing = BalanceAsync();
                    await former;
                }
            }
            catch (Exception error) when (!_stop.IsCancellationRequested)
            {
                log.KeeperFailed(error);
            }
            catch (OperationCanceledException)
            {
                // The server stops.
            }

            await Task.Delay(_allLive.Task.IsCompleted ? Limits.KeepMs : Limits.AskAgainMs, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What operators asked for. While it cannot be read, since its silo died, what was read last holds.</summary>
    private void ReadPlan()
    {
        if (host.Node.HasReminders && _reading.IsCompleted)
        {
            _reading = ReadAsync();
        }

        async Task ReadAsync()
        {
            try
            {
                var plan = await host.Grains.GetGrain<IPlacementPlanGrain>(0).ReadAsync().WaitAsync(Limits.SiloPatience);
                _rebalancings = _rebalancings < 0 ? plan.Rebalancings : _rebalancings;
                members.Plan = plan;
            }
            catch (Exception error)
            {
                log.PlanUnknown(error.Message);
            }
        }
    }

    /// <summary>Every partition is, as far as this silo has heard since silos came or went.</summary>
    private bool IsAllLive => Array.TrueForAll(_live, live => live);

    /// <summary>This silo is to have none, or somebody wants balance now.</summary>
    private bool IsAsked() => members.Plan is { } plan && (plan.Rebalancings != _rebalancings || (members.IsDrained(members.Me) && host.Node.Partitions.Count > 0));

    private void Look()
    {
        var silos = members.Staying;
        if (!silos.SequenceEqual(_silos))
        {
            (_silos, _changedAt) = (silos, Stopwatch.GetTimestamp());
            Array.Clear(_live);
            log.SilosAre(string.Join(", ", silos.Select(silo => silo.Endpoint)));
        }
    }

    /// <summary>One call to a partition at a time; one that hangs waits for its silo to be declared dead.</summary>
    private void Call(int round)
    {
        if (_silos.Length == 0)
        {
            return;
        }

        for (var partition = 0; partition < partitions; partition++)
        {
            if (_calls[partition] is not { IsCompleted: false }
                && (round % Limits.KeepOthersRounds == 0 || !_live[partition] || Members.Prefer(Owner(partition).GetGrainId().GetUniformHashCode(), _silos).Equals(members.Me)))
            {
                _calls[partition] = CallAsync(partition);
            }
        }

        if (IsAllLive)
        {
            _allLive.TrySetResult();
        }
    }

    private async Task CallAsync(int partition)
    {
        try
        {
            _live[partition] = (await Owner(partition).KeepAsync()).IsLive;
        }
        catch (Exception error)
        {
            if (_live[partition] && !_stop.IsCancellationRequested)
            {
                log.PartitionSilent(partition, error.Message);
            }

            _live[partition] = false;
        }
    }

    /// <summary>
    /// Hands partitions to silos with fewer: all if this one is drained, else its surplus, once nobody came or went for a while or somebody asks for it, and every partition
    /// is live: one that moves while others recover makes all of them later.
    /// </summary>
    private async Task BalanceAsync()
    {
        var others = Array.FindAll(_silos, silo => !silo.Equals(members.Me));
        var isDrained = others.Length == _silos.Length;
        var isQuiet = members.Plan is not { IsHeld: true } && Stopwatch.GetElapsedTime(_changedAt).TotalMilliseconds >= Limits.BalanceAfterMs;
        if (!isDrained && !IsAllLive)
        {
            return;
        }

        var isDue = isDrained || isQuiet || IsAsked();
        _rebalancings = members.Plan?.Rebalancings ?? -1;
        var fair = (partitions + _silos.Length - 1) / Math.Max(1, _silos.Length);
        var mine = host.Node.Partitions;
        var surplus = mine.Count - (isDrained ? 0 : fair);
        if (!isDue || others.Length == 0 || surplus <= 0)
        {
            return;
        }

        var shares = await SharesAsync(others);
        var moves = new List<(int Partition, SiloAddress To)>();
        foreach (var partition in mine.Take(surplus))
        {
            if (shares.Count > 0 && shares.MinBy(share => share.Value) is { } least && (isDrained || least.Value < fair))
            {
                shares[least.Key]++;
                moves.Add((partition, least.Key));
            }
        }

        foreach (var group in moves.GroupBy(move => move.To))
        {
            log.HandsOver(string.Join(", ", group.Select(move => move.Partition)), group.Key.Endpoint.ToString());
        }

        await Parallel.ForEachAsync(moves, new ParallelOptions { MaxDegreeOfParallelism = Limits.HandOversAtOnce }, async (move, _) => await HandOverAsync(move.Partition, move.To));
    }

    private async Task HandOverAsync(int partition, SiloAddress? to)
    {
        try
        {
            if (to is not null)
            {
                RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
            }

            await Owner(partition).HandOverAsync();
            if (to is not null)
            {
                await BeginAsync(partition);
            }
        }
        catch (Exception error)
        {
            log.HandOverFailed(partition, error.Message);
        }
        finally
        {
            RequestContext.Clear();
        }
    }

    /// <summary>Calls it until it is live where it went, so that no more customers wait at once than those of a few partitions; should that take too long, a keeper looks after it.</summary>
    private async Task BeginAsync(int partition)
    {
        for (var attempt = 1; attempt <= Limits.BeginAttempts; attempt++)
        {
            try
            {
                if ((await Owner(partition).KeepAsync()).IsLive)
                {
                    return;
                }
            }
            catch (Exception)
            {
                // It is still on its way.
            }

            await Task.Delay(Limits.BeginAgainMs);
        }
    }

    /// <summary>How many partitions each silo has; one that does not answer gets none.</summary>
    private async Task<Dictionary<SiloAddress, int>> SharesAsync(SiloAddress[] silos)
    {
        var counts = await Task.WhenAll(silos.Select(async silo =>
        {
            try
            {
                return (await Silo(silo).PartitionsAsync().WaitAsync(Limits.SiloPatience)).Length;
            }
            catch (Exception)
            {
                return -1;
            }
        }));
        return silos.Zip(counts).Where(each => each.Second >= 0).ToDictionary(each => each.First, each => each.Second);
    }

    private async Task TellLeavingAsync()
    {
        var others = members.Staying.Where(silo => !silo.Equals(members.Me)).ToArray();
        var me = members.Me.ToParsableString();
        await Task.WhenAll(others.Select(silo => Silo(silo).LeavesAsync(me).WaitAsync(Limits.SiloPatience))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static SiloAddress? TakeLeast(Dictionary<SiloAddress, int> shares)
    {
        lock (shares)
        {
            if (shares.Count == 0)
            {
                return null;
            }

            var least = shares.MinBy(share => share.Value).Key;
            shares[least]++;
            return least;
        }
    }

    private ISiloGrain Silo(SiloAddress silo) => host.Grains.GetGrain<ISiloGrain>(silo.ToParsableString());

    private ILogPartitionGrain Owner(int partition) => host.Grains.GetGrain<ILogPartitionGrain>(partition);
}
