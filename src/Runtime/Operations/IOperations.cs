namespace Triggers.Runtime.Operations;

/// <summary>How the server and its nodes are, for operators and supervisors.</summary>
public interface IOperations
{
    /// <summary>This process, now; cheap.</summary>
    HealthReport Health { get; }

    /// <summary>Set by whoever serves dashboards: how many are open.</summary>
    Func<int> CountViewers { set; }

    /// <summary>Every node with its partitions, the store and the outbox.</summary>
    Task<OperationsView> ViewAsync(CancellationToken cancellation);

    /// <summary>Takes an order about where partitions run; it is carried out within seconds.</summary>
    /// <param name="node">For an order that is about one: its name.</param>
    /// <exception cref="PlacementRefusedException">It cannot be.</exception>
    Task PlaceAsync(PlacementOrder order, string? node, CancellationToken cancellation);
}
