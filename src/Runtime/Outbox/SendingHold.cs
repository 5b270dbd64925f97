using Microsoft.Extensions.Logging;
using Triggers.Storage;

namespace Triggers.Runtime.Outbox;

/// <summary>What pauses all sending before a server's first message: that it was started so, or that its store turns out to be a copy of another. It stays so until somebody resumes.</summary>
internal static class SendingHold
{
    private const string OriginSetting = "store/origin";

    public static async Task ApplyAsync(IStore store, bool startPaused, ILogger log)
    {
        var known = store.Settings.Get(OriginSetting);
        var origin = store.Info.Origin;
        var isCopy = known is not null && origin.Length > 0 && known != origin;
        if ((isCopy || startPaused) && store.Settings.Get(PausedSending.Setting) is null)
        {
            await store.Settings.SetAsync(PausedSending.Setting, isCopy ? PausedSending.AfterCopy : PausedSending.ByHand);
        }

        // Behind the pause: a crash in between finds the copy again.
        if (origin.Length > 0 && known != origin)
        {
            await store.Settings.SetAsync(OriginSetting, origin);
        }

        if (PausedSending.ReasonOf(store.Settings) is { } reason)
        {
            log.SendingIsHeld(reason);
        }
    }
}
