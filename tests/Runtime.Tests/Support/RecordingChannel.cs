using Triggers.Channels;

namespace Triggers.Runtime.Tests.Support;

/// <summary>A channel that keeps what it is given and answers as the test says.</summary>
public sealed class RecordingChannel(string id) : IChannel
{
    private readonly List<OutgoingMessage> _messages = [];
    private readonly Lock _lock = new();

    public string Id { get; } = id;

    /// <summary>Not the usual number, so that a test can tell whose it is.</summary>
    public int AtOnceMax => 12;

    public Func<OutgoingMessage, Task<SendOutcome>> Answer { get; set; } = _ => Task.FromResult(SendOutcome.Sent);

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<OutgoingMessage> Attempts
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    public Task<SendOutcome> SendAsync(OutgoingMessage message, CancellationToken cancellation)
    {
        lock (_lock)
        {
            _messages.Add(message);
        }

        return Answer(message).WaitAsync(cancellation);
    }
}
