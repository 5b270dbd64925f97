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
}
