using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>Whether all sending is paused: a setting of the store, so that every process that shares it holds its pump.</summary>
internal sealed class SendingPause : IDisposable
{
    private readonly ISettingStore _settings;
    private readonly Lock _lock = new();
    private volatile bool _isPaused;

    public SendingPause(ISettingStore settings)
    {
        _settings = settings;
        _isPaused = settings.Get(PausedSending.Setting) is not null;
        settings.Changed += Look;
    }

    /// <summary>Raised after it was paused or resumed, by whichever process: return at once.</summary>
    public event Action? Changed;

    public bool IsPaused => _isPaused;

    /// <summary>Durable when the task ends.</summary>
    public async Task SetAsync(bool paused)
    {
        await _settings.SetAsync(PausedSending.Setting, paused ? PausedSending.ByHand : null);
        Look();
    }

    public void Dispose() => _settings.Changed -= Look;

    private void Look()
    {
        // Read by one thread at a time: the latest value is taken last.
        lock (_lock)
        {
            var paused = _settings.Get(PausedSending.Setting) is not null;
            if (paused != _isPaused)
            {
                _isPaused = paused;
                Changed?.Invoke();
            }
        }
    }
}
