using Triggers.Engine.Effects;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>A commit on its way, with what is published once it is durable.</summary>
internal sealed record PendingCommit(long Number, Commit Commit, Task Task, long Records, Decision[] Recent, List<IDisposable> Memory, long GivenAt)
{
    public void Release()
    {
        Commit.Dispose();
        foreach (var memory in Memory)
        {
            memory.Dispose();
        }
    }
}
