using Triggers.Runtime.Outbox;
using Triggers.Storage;

namespace Triggers.Runtime.Tests;

public sealed class SendingPauseTests
{
    /// <summary>The store's thread tells of what others set while a person's own order is looked at.</summary>
    [Fact]
    public async Task Orders_that_cross_leave_the_senders_as_the_last_one_says()
    {
        for (var round = 0; round < 20_000; round++)
        {
            var settings = new OneSetting();
            using var pause = new SendingPause(settings);
            var gate = new PauseGate(() => pause.IsPaused);
            pause.Changed += gate.Look;

            await Task.WhenAll(Task.Run(() => pause.SetAsync(true)), Task.Run(() => pause.SetAsync(false)));

            Assert.Equal((settings.IsSet, settings.IsSet), (pause.IsPaused, gate.IsPaused));
            Assert.Equal(!settings.IsSet, gate.WaitAsync(default).IsCompleted);
        }
    }

    private sealed class OneSetting : ISettingStore
    {
        private volatile string? _value;

        public event Action? Changed;

        public bool IsSet => _value is not null;

        public string? Get(string name) => _value;

        public Task SetAsync(string name, string? value)
        {
            _value = value;
            Changed?.Invoke();
            return Task.CompletedTask;
        }

        public Task UpdateAsync(string name, Func<string?, Task<string?>> change) => throw new NotSupportedException();

        public void Refresh()
        {
        }
    }
}
