using Triggers.Channels;
using Triggers.Storage;

namespace Triggers.Runtime.Messages;

/// <summary>Turns a queued message into what its channel sends: renders the template, signs its links, adds pixel and unsubscribe headers.</summary>
public interface IMessageComposer
{
    /// <summary>The rendered message, or why it cannot be (a dead letter).</summary>
    ComposeResult Compose(QueuedMessage message, bool isTest = false);
}

public readonly record struct ComposeResult(OutgoingMessage? Message, string Error);
