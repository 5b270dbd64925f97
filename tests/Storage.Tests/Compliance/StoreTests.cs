namespace Triggers.Storage.Tests.Compliance;

/// <summary>What every compliance suite needs: a fresh store for each test.</summary>
public abstract class StoreTests : IAsyncLifetime
{
    protected StoreHarness Harness { get; private set; } = null!;

    protected IStore Store => Harness.Store;

    public async Task InitializeAsync() => Harness = await OpenAsync();

    public async Task DisposeAsync() => await Harness.DisposeAsync();

    protected abstract Task<StoreHarness> OpenAsync();
}
