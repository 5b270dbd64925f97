namespace Triggers.Channels.Webhook;

/// <summary>
/// Shares the lane's senders among receivers, so that one which does not answer holds up no other: so many messages at once to each, and one alone to a
/// receiver that let the last one time out, until it answers. What finds no place is put off and comes again.
/// </summary>
internal sealed class Receivers(TimeProvider time)
{
    /// <summary>Messages on their way to one receiver at once: a quarter of the senders, so that it takes several slow ones to hold up the rest.</summary>
    public const int AtOnceMax = 8;

    /// <summary>A message waits so long for a place with its receiver; a receiver that frees none in this time is stuck, and further messages do not wait.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Receiver> _receivers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A place with this receiver, to be left again; or why there is none.</summary>
    public async ValueTask<Entry> EnterAsync(string name, CancellationToken cancellation)
    {
        Receiver receiver;
        LinkedListNode<TaskCompletionSource<bool>> turn;
        lock (_lock)
        {
            if (!_receivers.TryGetValue(name, out receiver!))
            {
                _receivers[name] = receiver = new Receiver(name);
            }

            if (receiver.OnTheirWay < receiver.AtOnce)
            {
                receiver.OnTheirWay++;
                return new Entry(receiver, time.GetTimestamp());
            }

            if (receiver.IsSilent || receiver.IsStuck)
            {
                return Refusal(receiver);
            }

            turn = receiver.Waiting.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await ((Task)turn.Value.Task).WaitAsync(Patience, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_lock)
        {
            // Who was called at the last moment has a place, whatever the time says.
            if (turn.List is null)
            {
                return turn.Value.Task.Result ? new Entry(receiver, time.GetTimestamp()) : Refusal(receiver);
            }

            receiver.Waiting.Remove(turn);
            receiver.IsStuck |= !cancellation.IsCancellationRequested;
            return Refusal(receiver);
        }
    }

    /// <param name="timedOut">It did not answer in time: it is asked by one message at a time, until it answers.</param>
    public void Leave(Entry entry, bool timedOut)
    {
        lock (_lock)
        {
            var receiver = entry.Receiver!;
            receiver.OnTheirWay--;
            receiver.IsSilent = timedOut;
            receiver.IsStuck = time.GetElapsedTime(entry.Since) > Patience;
            while (receiver.Waiting.First is { } next && (timedOut || receiver.OnTheirWay < receiver.AtOnce))
            {
                receiver.Waiting.RemoveFirst();
                receiver.OnTheirWay += timedOut ? 0 : 1;
                next.Value.SetResult(!timedOut);
            }

            if (receiver is { OnTheirWay: 0, IsSilent: false })
            {
                _receivers.Remove(receiver.Name);
            }
        }
    }

    private static Entry Refusal(Receiver receiver) =>
        new(null, 0, receiver.IsSilent ? "it does not answer; one message at a time is tried until it does" : $"{AtOnceMax} earlier messages wait for its answer");

    /// <param name="Receiver">With whom there is a place; null: there is none.</param>
    /// <param name="Since">When the place was taken.</param>
    internal readonly record struct Entry(Receiver? Receiver, long Since, string Reason = "");

    internal sealed class Receiver(string name)
    {
        public string Name { get; } = name;

        public int OnTheirWay { get; set; }

        public bool IsSilent { get; set; }

        public bool IsStuck { get; set; }

        public int AtOnce => IsSilent ? 1 : AtOnceMax;

        public LinkedList<TaskCompletionSource<bool>> Waiting { get; } = new();
    }
}
