using Triggers.Runtime.Tests.Support;

namespace Triggers.Runtime.Tests;

public sealed class FolderWatchTests
{
    [Fact]
    public async Task A_watched_folder_is_taken_in_when_it_is_edited_moved_behind_a_link_or_made_anew()
    {
        await using var host = await ServerHarness.StartNewAsync(host => host.Watch = true);
        var folder = host.Definitions.Path;
        host.Definitions.Write("segments.yaml", "viewers: did('Product Viewed')\n");
        await FindsAsync(host, "viewers");

        host.Definitions.Write("segments.yaml", "viewers: did(\n");
        await ServerHarness.UntilAsync(() => host.Logs.Text.Contains("segments.yaml:1", StringComparison.Ordinal), "the errors to be told");
        await FindsAsync(host, "viewers");

        // As a release is put in place: the next one beside it, then a link to that.
        using var release = new TempFolder();
        SmallShop.WriteTo(release);
        release.Write("segments.yaml", "buyers: did('Order Completed')\nviewers: did('Product Viewed')\n");
        Directory.Delete(folder, recursive: true);
        File.CreateSymbolicLink(folder, release.Path);
        await FindsAsync(host, "buyers viewers");

        File.Delete(folder);
        SmallShop.WriteTo(host.Definitions);
        await FindsAsync(host, "big-spender buyers quiet viewers waverers");
    }

    private static Task FindsAsync(ServerHarness host, string segments) => ServerHarness.UntilAsync(
        () => segments == string.Join(' ', host.Server.Definitions.Current.Segments.Select(segment => segment.Id).Order(StringComparer.Ordinal)),
        $"segments {segments}");
}
