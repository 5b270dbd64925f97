using Triggers.Engine.Effects;
using Triggers.Runtime.Operations;
using Triggers.Storage;

namespace Triggers.Runtime.Loop;

/// <summary>A commit on its way, with what is published once it is durable.</summary>
/// <param name="Trace">Null: it is not traced.</param>
internal sealed record PendingCommit(long Number, Commit Commit, Task Task, long Records, Decision[] Recent, List<IDisposable> Memory, long GivenAt, TracedBatch? Trace)
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
