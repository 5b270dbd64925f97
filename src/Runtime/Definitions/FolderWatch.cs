using Microsoft.Extensions.Logging;
using Triggers.Engine.Definitions;

namespace Triggers.Runtime.Definitions;

/// <summary>
/// Reloads the definitions when their folder has changed and is quiet again. It looks by itself: notices of the operating system do not come from network
/// disks, nor when the folder is a link that leads elsewhere now, or was deleted and made anew.
/// </summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly string _folder;
    private readonly IDefinitions _definitions;
    private readonly ILogger _log;
    private readonly PeriodicTimer _ticks = new(TimeSpan.FromMilliseconds(Limits.WatchEveryMs));

    public FolderWatch(string folder, IDefinitions definitions, ILogger log)
    {
        _folder = folder;
        _definitions = definitions;
        _log = log;
        _ = RunAsync(DefinitionFolder.Stamp(folder));
    }

    public void Dispose() => _ticks.Dispose();

    private async Task RunAsync(string taken)
    {
        var before = taken;
        var isFailing = false;
        while (await _ticks.WaitForNextTickAsync())
        {
            try
            {
                var now = DefinitionFolder.Stamp(_folder);
                if (now == before && now != taken)
                {
                    await _definitions.ReloadAsync(CancellationToken.None);
                    taken = now;
                }

                before = now;
                isFailing = false;
            }
            catch (Exception error)
            {
                // The store is away: it is tried again with each look, and said once.
                if (!isFailing)
                {
                    _log.WatchFailed(error);
                }

                isFailing = true;
            }
        }
    }
}
