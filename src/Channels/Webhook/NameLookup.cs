using System.Collections.Concurrent;
using System.Net;

namespace Triggers.Channels.Webhook;

/// <summary>
/// Finds the addresses of receivers on threads of their own. The system's lookup blocks its thread for as long as a name server is silent, whoever has given up
/// by then; on the pool's threads a handful of such names would hold up ingest by seconds. One thread at most for each name.
/// </summary>
/// <param name="resolve">The system's lookup, which blocks.</param>
internal sealed class NameLookup(Func<string, IPAddress[]> resolve)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<IPAddress[]>>> _underWay = new(StringComparer.OrdinalIgnoreCase);

    public Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation)
        => _underWay.GetOrAdd(host, static (name, self) => new Lazy<Task<IPAddress[]>>(() => self.BeginAsync(name)), this).Value.WaitAsync(cancellation);

    private Task<IPAddress[]> BeginAsync(string host) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                return resolve(host);
            }
            finally
            {
                _underWay.TryRemove(host, out _);
            }
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
