using Triggers.Storage;

namespace Triggers.Web.Tests.Support;

/// <summary>Statistics that outlive a host.</summary>
public sealed class FakeQuality : IQualityStore
{
    private readonly Lock _lock = new();
    private readonly List<QualityBatch> _batches = [];

    /// <summary>Takes in what it is given, and answers as if it had not.</summary>
    public bool LosesAnswers { get; set; }

    public bool Refuses { get; set; }

    /// <summary>Nobody can read.</summary>
    public bool IsAway { get; set; }

    /// <summary>Whoever adds waits for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public bool IsWaited { get; private set; }

    public int RowsAtOnce { get; private set; }

    public async Task AddAsync(QualityBatch batch)
    {
        IsWaited = true;
        await Gate;
        lock (_lock)
        {
            if (Refuses)
            {
                throw new IOException("no");
            }

            RowsAtOnce = Math.Max(RowsAtOnce, batch.Counts.Count);
            if (!_batches.Exists(each => each.Writer == batch.Writer && each.Number >= batch.Number))
            {
                _batches.Add(batch);
            }
        }

        if (LosesAnswers)
        {
            throw new IOException("lost");
        }
    }

    public void Erase(string customerKey)
    {
        lock (_lock)
        {
            for (var i = 0; i < _batches.Count; i++)
            {
                _batches[i] = _batches[i] with { Examples = [.. _batches[i].Examples.Where(example => example.CustomerKey != customerKey)] };
            }
        }
    }

    public IReadOnlyList<QualityCount> Sum(QualityHorizon from)
    {
        if (IsAway)
        {
            throw new IOException("away");
        }

        lock (_lock)
        {
            return
            [
                .. _batches.SelectMany(batch => batch.Counts).Where(from.Holds).Select(count => count with { Slot = 0 }).GroupBy(count => (count.Kind, count.Name, count.Path, count.Rule))
                    .Select(counts => counts.Aggregate((sum, count) => sum.Plus(count))),
            ];
        }
    }

    public IReadOnlyList<ViolationExample> Examples(QualityHorizon from)
    {
        lock (_lock)
        {
            return [.. _batches.SelectMany(batch => batch.Examples).Where(example => example.At >= from.Example).OrderByDescending(example => example.At).ThenByDescending(example => example.Number)];
        }
    }
}
