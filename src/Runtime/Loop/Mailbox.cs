using System.Collections.Concurrent;
using Triggers.Runtime.Hosting;

namespace Triggers.Runtime.Loop;

/// <summary>Questions to a worker's customers, answered between two batches, so that nothing needs a lock. Bounded: who finds it full waits.</summary>
internal sealed class Mailbox(Action signal) : IDisposable
{
    private readonly ConcurrentQueue<Question> _questions = new();
    private readonly SemaphoreSlim _room = new(Limits.MailboxMax);
    private volatile bool _closed;

    public async Task<T> AskAsync<T>(Func<ICustomers, ValueTask<T>> ask, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        var question = new Question<T>(ask);
        _questions.Enqueue(question);
        if (_closed)
        {
            Close();
        }

        signal();
        return await question.Answer;
    }

    /// <summary>Answers up to the given number; true: there are more.</summary>
    public async ValueTask<bool> AnswerAsync(ICustomers customers, int count)
    {
        for (; count > 0 && _questions.TryDequeue(out var question); count--)
        {
            _room.Release();
            await question.RunAsync(customers);
        }

        return !_questions.IsEmpty;
    }

    /// <summary>Refuses what waits and what comes.</summary>
    public void Close()
    {
        _closed = true;
        while (_questions.TryDequeue(out var question))
        {
            _room.Release();
            question.Refuse();
        }
    }

    public void Dispose() => _room.Dispose();

    private abstract class Question
    {
        public abstract ValueTask RunAsync(ICustomers customers);

        public abstract void Refuse();
    }

    private sealed class Question<T>(Func<ICustomers, ValueTask<T>> ask) : Question
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Answer => _answer.Task;

        public override async ValueTask RunAsync(ICustomers customers)
        {
            try
            {
                _answer.SetResult(await ask(customers));
            }
            catch (Exception error)
            {
                _answer.SetException(error);
            }
        }

        public override void Refuse() => _answer.TrySetException(new ObjectDisposedException("server", "The server is stopping."));
    }
}
