using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;
using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

/// <summary>Definitions that come from outside of the server's folder, and what holds after a restart.</summary>
public sealed class ApplyTests
{
    private const string Fans = "fans: count('page') >= 3\n";

    [Fact]
    public async Task Files_are_brought_into_force_after_a_trial_said_what_changes()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var files = Changed(host);

        var trial = await host.Server.Definitions.ApplyAsync(files, 1, dryRun: true, default);
        Assert.Equal((true, false, 1), (trial.Valid, trial.Changed, trial.Version));
        Assert.Equal([new DefinitionChange("file", "segments.yaml", "changed"), new DefinitionChange("segment", "buyers", "removed"), new DefinitionChange("segment", "fans", "added")], trial.Plan.Files.Concat(trial.Plan.Elements));
        Assert.DoesNotContain(host.Server.Definitions.Current.Segments, segment => segment.Id == "fans");

        var applied = await host.Server.Definitions.ApplyAsync(files, 1, dryRun: false, default);
        Assert.Equal((true, true, 2), (applied.Valid, applied.Changed, applied.Version));
        Assert.Equal(FolderStates.Differs, host.Server.Definitions.Folder());
        await host.TrackAsync("ann", "Signed Up");
        await host.SettleAsync();
        Assert.Equal(3, host.Server.Definitions.Version);
        Assert.False((await host.Server.Definitions.ApplyAsync(files, 2, dryRun: false, default)).Changed);
    }

    [Fact]
    public async Task What_was_made_from_another_version_or_is_not_valid_changes_nothing()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var files = Changed(host);
        await host.Server.Definitions.ApplyAsync(files, 1, dryRun: false, default);
        await host.SettleAsync();

        var moved = await Assert.ThrowsAsync<DefinitionsMovedException>(() => host.Server.Definitions.ApplyAsync(DefinitionFolder.Read(host.Definitions.Path), 1, dryRun: false, default));
        var invalid = await host.Server.Definitions.ApplyAsync([new DefinitionFile("segments.yaml", "fans: did(")], null, dryRun: false, default);

        Assert.Contains("Version 3", moved.Message, StringComparison.Ordinal);
        Assert.False(invalid.Valid);
        Assert.Equal("segments.yaml", invalid.Errors[0].File);
        Assert.Equal(3, host.Server.Definitions.Version);
    }

    [Fact]
    public async Task What_was_applied_holds_over_restarts_until_the_folder_changes()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.Server.Definitions.ApplyAsync(Changed(host), null, dryRun: false, default);

        await host.CrashAndStartAsync();
        Assert.Equal((2, FolderStates.Differs), (host.Server.Definitions.Version, host.Server.Definitions.Folder()));
        Assert.Contains(host.Server.Definitions.Current.Segments, segment => segment.Id == "fans");
        Assert.Contains("have been replaced since; version 2 stays", host.Logs.Text, StringComparison.Ordinal);

        await host.StopAsync();
        await File.AppendAllTextAsync(host.Definitions.In("segments.yaml"), "\n" + Fans);
        await host.StartAsync();
        Assert.Equal((3, FolderStates.Same), (host.Server.Definitions.Version, host.Server.Definitions.Folder()));
    }

    [Fact]
    public async Task A_folder_that_became_what_was_applied_is_not_said_to_be_older()
    {
        await using var host = await ServerHarness.StartNewAsync();
        var files = Changed(host);
        await host.Server.Definitions.ApplyAsync(files, null, dryRun: false, default);
        await host.SettleAsync();
        await File.WriteAllTextAsync(host.Definitions.In("segments.yaml"), files.First(file => file.Path == "segments.yaml").Text);

        await host.CrashAndStartAsync();

        // The third has the same files, and what they ask for filled from history.
        Assert.Equal((3, FolderStates.Same), (host.Server.Definitions.Version, host.Server.Definitions.Folder()));
        Assert.DoesNotContain("have been replaced since", host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_brings_the_folder_back()
    {
        await using var host = await ServerHarness.StartNewAsync();
        await host.Server.Definitions.ApplyAsync(Changed(host), null, dryRun: false, default);

        var reload = await host.Server.Definitions.ReloadAsync(default);

        Assert.Equal((true, 3), (reload.Changed, reload.Version));
        Assert.Contains(host.Server.Definitions.Current.Segments, segment => segment.Id == "buyers");
        await host.CrashAndStartAsync();
        Assert.Equal((3, FolderStates.Same), (host.Server.Definitions.Version, host.Server.Definitions.Folder()));
    }

    /// <summary>The folder's files with one segment in another's place.</summary>
    private static List<DefinitionFile> Changed(ServerHarness host) =>
        [.. DefinitionFolder.Read(host.Definitions.Path).Select(file => file.Path == "segments.yaml" ? file with { Text = file.Text.Replace("buyers: did('Order Completed')\n", Fans, StringComparison.Ordinal) } : file)];
}
