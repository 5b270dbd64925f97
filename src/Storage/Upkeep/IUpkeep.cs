namespace Triggers.Storage.Upkeep;

/// <summary>A piece of work behind the commits.</summary>
internal interface IUpkeep
{
    string Name { get; }

    /// <summary>Does a bounded amount of it. True: there may be more to do right away.</summary>
    Task<bool> StepAsync(CancellationToken cancellation);
}
