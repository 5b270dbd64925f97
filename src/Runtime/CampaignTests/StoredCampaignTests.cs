using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Queries;
using Triggers.Storage;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Tests of campaigns on a store that no server runs on. Writes nothing and sends nothing.</summary>
public sealed class StoredCampaignTests : ICampaignTests, IDisposable
{
    private readonly CampaignTester _tester;

    public StoredCampaignTests(IStore store, TimeProvider time, ILoggerFactory logs)
    {
        var journal = new FactJournal(store.Settings);
        var library = new ProgramLibrary(store.Definitions, journal);
        var customers = new StoredExplanations(store);
        _tester = new CampaignTester(
            store, library, journal, () => (journal.ProgramVersion, library.Definitions(journal.ProgramVersion) ?? new DefinitionSet()), (id, _) => Task.FromResult(customers.Find(id)),
            new TestSender(null, "http://localhost", store.Info.Secret), time, logs.CreateLogger("Triggers.Runtime"));
    }

    public Task<TestAnswer> RunAsync(TestRequest request, CancellationToken cancellation) => _tester.RunAsync(request, cancellation);

    public void Dispose() => _tester.Dispose();
}
