using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Records;
using Triggers.Runtime.Programs;
using Triggers.Runtime.Tests.Support;
using Triggers.Storage;

namespace Triggers.Runtime.Tests;

/// <summary>A store whose definitions have been saved for years: what thousands of versions may cost.</summary>
public sealed class ManyVersionsTests : IAsyncLifetime
{
    private ServerHarness _harness = null!;

    private IStore Store => _harness.Store;

    public async Task InitializeAsync() => _harness = await ServerHarness.StartNewAsync();

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_replay_asks_only_for_the_versions_that_were_in_force_at_a_record()
    {
        var kind = (byte)FactKind.ProgramActivated;
        await Store.Settings.SetAsync("facts", $"10 {kind} 1 \n20 {kind} 77 \n21 {(byte)FactKind.CampaignPaused} 0 welcome\n30 {kind} 1 ");
        var journal = new FactJournal(Store.Settings);
        var replay = new FactReplay(new ProgramLibrary(Store.Definitions, journal), journal);

        var facts = replay.At(40);

        Assert.Equal(1, facts.Program.Version);
        Assert.Equal("welcome", Assert.Single(facts.PausedCampaigns));
    }

    [Fact]
    public async Task Versions_share_what_they_have_in_common_and_keep_no_templates()
    {
        var files = Store.Definitions.Find(1)!.Files;
        List<DefinitionFile> Changed(Predicate<string> which, string more) => [.. files.Select(file => which(file.Path) ? file with { Text = file.Text + more } : file)];
        await Store.Definitions.SaveAsync(Changed(path => path.StartsWith("templates/", StringComparison.Ordinal), " "), 1);
        await Store.Definitions.SaveAsync(Changed(path => path == "segments.yaml", "\nothers: did('Other')\n"), 2);
        await Store.Definitions.SaveAsync(Changed(path => path == "segments.yaml", "\nothers: did('Another')\n"), 3);

        var past = new PastVersions(Store.Definitions).UpTo(4).Select(version => version.Definitions!).ToList();

        Assert.Equal(4, past.Count);
        Assert.All(past, version => Assert.Empty(version.Templates));
        Assert.Same(past[0], past[1]);
        Assert.Same(past[1].Campaigns, past[2].Campaigns);
        Assert.Same(past[2].Segments[0], past[3].Segments[0]);
        Assert.NotEqual(past[2].Segments[^1], past[3].Segments[^1]);
    }

    [Fact]
    public async Task Of_a_version_asked_for_long_ago_templates_are_read_again()
    {
        var library = new ProgramLibrary(Store.Definitions, new FactJournal(Store.Settings));
        var first = library.Definitions(1)!;
        Assert.NotEmpty(first.Templates);
        Assert.Same(first, library.Definitions(1));
        Assert.Null(library.Definitions(2));

        for (var number = 2; number <= Limits.WholeVersionsMax + 1; number++)
        {
            await Store.Definitions.SaveAsync([.. Store.Definitions.Find(1)!.Files.Select(file => file.Path == "segments.yaml" ? file with { Text = $"{file.Text}\n# {number}" } : file)], number);
            Assert.NotNull(library.Definitions(number));
        }

        Assert.NotSame(first, library.Definitions(1));
        Assert.Equal(first.Templates, library.Definitions(1)!.Templates);
    }
}
