using Triggers.Channels.Webhook;

namespace Triggers.Channels.Tests.Webhook;

public sealed class ReceiversTests
{
    private readonly Receivers _receivers = new(TimeProvider.System);

    [Fact]
    public async Task A_place_that_is_left_goes_to_who_waits_for_it()
    {
        var entries = await FillAsync("slow");
        var waiting = EnterAsync("slow");
        Assert.False(waiting.IsCompleted);

        _receivers.Leave(entries[0], timedOut: false);

        Assert.NotNull((await waiting).Receiver);
        Assert.NotNull((await EnterAsync("other")).Receiver);
    }

    [Fact]
    public async Task A_receiver_that_frees_no_place_is_not_waited_for_by_further_messages()
    {
        var entries = await FillAsync("stuck");

        Assert.Null((await EnterAsync("stuck")).Receiver);
        var next = EnterAsync("stuck");

        Assert.True(next.IsCompleted);
        Assert.Contains("8 earlier messages wait for its answer", (await next).Reason, StringComparison.Ordinal);
        _receivers.Leave(entries[0], timedOut: false);
        Assert.NotNull((await EnterAsync("stuck")).Receiver);
    }

    [Fact]
    public async Task One_message_at_a_time_goes_to_a_receiver_that_let_one_time_out_until_it_answers()
    {
        var entries = await FillAsync("silent");
        var waiting = EnterAsync("silent");
        foreach (var entry in entries)
        {
            _receivers.Leave(entry, timedOut: true);
        }

        Assert.Null((await waiting).Receiver);
        var only = await EnterAsync("silent");
        Assert.NotNull(only.Receiver);
        Assert.Contains("it does not answer", (await EnterAsync("silent")).Reason, StringComparison.Ordinal);

        _receivers.Leave(only, timedOut: false);
        Assert.All(await FillAsync("silent"), entry => Assert.NotNull(entry.Receiver));
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        await FillAsync("stuck");
        using var stop = new CancellationTokenSource();
        var waiting = _receivers.EnterAsync("stuck", stop.Token).AsTask();

        await stop.CancelAsync();

        Assert.Null((await waiting).Receiver);
    }

    private Task<Receivers.Entry> EnterAsync(string name) => _receivers.EnterAsync(name, CancellationToken.None).AsTask();

    private async Task<List<Receivers.Entry>> FillAsync(string name)
    {
        var entries = new List<Receivers.Entry>();
        while (entries.Count < Receivers.AtOnceMax)
        {
            entries.Add(await EnterAsync(name));
        }

        return entries;
    }
}
