using Microsoft.Extensions.Logging;

namespace Triggers.Runtime.Definitions;

/// <summary>Reloads the definitions when their folder has changed and is quiet again.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly Timer _quiet;
    private readonly IDefinitions _definitions;
    private readonly ILogger _log;

    public FolderWatch(string folder, IDefinitions definitions, ILogger log)
    {
        _definitions = definitions;
        _log = log;
        _quiet = new Timer(_ => Reload());
        _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        _watcher.Changed += (_, _) => Wait();
        _watcher.Created += (_, _) => Wait();
        _watcher.Deleted += (_, _) => Wait();
        _watcher.Renamed += (_, _) => Wait();
        _watcher.Error += (_, error) =>
        {
            log.WatchFailed(error.GetException());
            Wait();
        };
        _watcher.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _quiet.Dispose();
    }

    private void Wait() => _quiet.Change(Limits.WatchQuietMs, Timeout.Infinite);

    private void Reload() => _ = ReloadAsync();

    private async Task ReloadAsync()
    {
        try
        {
            await _definitions.ReloadAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            _log.WatchFailed(error);
        }
    }
}
