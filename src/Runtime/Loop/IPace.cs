namespace Triggers.Runtime.Loop;

/// <summary>How a loop waits. A thread of its own blocks, and then every wait has ended when it returns; a host that shares its threads yields.</summary>
internal interface IPace : IDisposable
{
    /// <summary>Ends a wait, the next one if there is none now. From any thread, at any time.</summary>
    void Signal();

    ValueTask WaitAsync();

    /// <summary>Waits no longer than the given time in ms.</summary>
    ValueTask WaitAsync(int atMost);

    /// <summary>Waits for the end of a task, whatever it is.</summary>
    ValueTask UntilAsync(Task task);
}
