using Triggers.Engine.Records;
using Triggers.Web.Ingest;

namespace Triggers.Bench;

/// <summary>JSON of a batch to encoded records.</summary>
internal sealed class ParseStage : IStage
{
    private readonly byte[] _body = Samples.Request();
    private readonly byte[] _work;
    private readonly EventParser _parser = new();
    private readonly EventWriter _writer = new();
    private readonly RecordBatch _batch = new();
    private readonly EventSource _source = EventSource.Of("bench");

    public ParseStage() => _work = new byte[_body.Length];

    public string Name => "parse";

    public int Operations => 100;

    public Task SetUpAsync() => Task.CompletedTask;

    public Task RunAsync()
    {
        _body.CopyTo(_work, 0);
        _batch.Clear();
        if (_parser.Parse(_work, needsBatch: true) is { } problem)
        {
            throw new InvalidDataException(problem);
        }

        var context = new WriteContext(null, _source, IsHistorical: false, Samples.Now);
        foreach (var slot in _parser.Events)
        {
            if (_writer.TryWrite(_work, slot, context, _batch) is { } reason)
            {
                throw new InvalidDataException(reason);
            }
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _writer.Dispose();
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }
}
