namespace Triggers.Storage.Sqlite.Writing;

/// <summary>Something for the writer to do, together with others, in one transaction.</summary>
internal abstract class WorkItem
{
    /// <summary>What it will add to the log, for the size of a transaction.</summary>
    public virtual int Bytes => 0;

    /// <summary>From outside: not tried again when the disk refuses, its caller is told.</summary>
    public virtual bool IsExternal => false;

    /// <summary>The writer takes it; false: its caller has gone.</summary>
    public virtual bool TryTake() => true;

    /// <summary>
    /// Checks first, then stages and writes. False: it has its answer and is no part of the transaction. May be called again after a rollback.
    /// What it throws before its first write (other than an error of SQLite) is its own failure only.
    /// </summary>
    public abstract bool Apply(WriteTransaction transaction);

    /// <summary>It is durable.</summary>
    public abstract void Done(long at);

    public abstract void Fail(Exception error);

    /// <summary>The disk refuses. Only called if <see cref="IsExternal"/>.</summary>
    public virtual void Refuse(string reason)
    {
    }
}

/// <summary>Anything that is rare: a function run in the transaction, its result given to a task.</summary>
internal sealed class FunctionItem<T>(Func<WriteTransaction, T> function) : WorkItem
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _done.Task;

    public override bool Apply(WriteTransaction transaction)
    {
        _result = function(transaction);
        return true;
    }

    public override void Done(long at) => _done.TrySetResult(_result);

    public override void Fail(Exception error) => _done.TrySetException(error);
}
