using System.Collections.Concurrent;
using System.Net;
using Triggers.Channels.Webhook;

namespace Triggers.Channels.Tests.Webhook;

public sealed class NameLookupTests
{
    [Fact]
    public async Task Names_that_do_not_resolve_take_none_of_the_pools_threads_and_one_of_their_own_each()
    {
        using var release = new ManualResetEventSlim();
        var asked = new ConcurrentQueue<(string Name, bool OnPool)>();
        var lookup = new NameLookup(name =>
        {
            asked.Enqueue((name, Thread.CurrentThread.IsThreadPoolThread));
            release.Wait();
            return [IPAddress.Loopback];
        });
        using var givenUp = new CancellationTokenSource();

        var first = Enumerable.Range(0, 6).Select(number => lookup.FindAsync($"name{number % 3}.example", givenUp.Token)).ToList();
        await givenUp.CancelAsync();
        foreach (var find in first)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => find);
        }

        await Wait.ForAsync(() => asked.Count == 3, "each name to be asked for");
        var again = lookup.FindAsync("name0.example", CancellationToken.None);
        release.Set();

        Assert.Equal([IPAddress.Loopback], await again);
        Assert.Equal(3, asked.Count);
        Assert.All(asked, each => Assert.False(each.OnPool));
    }

    [Fact]
    public async Task A_name_that_was_not_found_is_looked_up_again()
    {
        var asked = 0;
        var lookup = new NameLookup(_ => asked++ == 0 ? throw new IOException("the name server is away") : [IPAddress.Loopback]);

        await Assert.ThrowsAsync<IOException>(() => lookup.FindAsync("shop.example", CancellationToken.None));

        Assert.Equal([IPAddress.Loopback], await lookup.FindAsync("shop.example", CancellationToken.None));
    }
}
