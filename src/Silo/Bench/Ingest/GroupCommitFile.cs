namespace Triggers.Silo.Bench.Ingest;

/// <summary>A file whose appends are durable when they return, many by one fsync: the least that any durable log must do.</summary>
public sealed class GroupCommitFile : IDisposable
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    private readonly Thread _writer;
    private readonly object _gate = new();
    private Group _filling = new();
    private Group _spare = new();
    private long _position;
    private bool _closed;

    public GroupCommitFile(string path)
    {
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        _writer = new Thread(Write) { IsBackground = true, Name = "group commit" };
        _writer.Start();
    }

    public Task AppendAsync(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _filling.Add(bytes);
            if (_filling.Count == 1)
            {
                Monitor.Pulse(_gate);
            }

            return _filling.Done.Task;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _writer.Join();
        _file.Dispose();
    }

    private void Write()
    {
        while (true)
        {
            Group group;
            lock (_gate)
            {
                while (_filling.Count == 0)
                {
                    if (_closed)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                group = _filling;
                _filling = _spare;
            }

            RandomAccess.Write(_file, group.Bytes, _position);
            RandomAccess.FlushToDisk(_file);
            _position += group.Bytes.Length;
            var done = group.Done;
            group.Reset();
            _spare = group;
            done.SetResult();
        }
    }

    private sealed class Group
    {
        private byte[] _bytes = new byte[1 << 20];
        private int _length;

        public int Count { get; private set; }

        public TaskCompletionSource Done { get; private set; } = New();

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (_bytes.Length - _length < bytes.Length)
            {
                Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
            }

            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
            Count++;
        }

        public void Reset()
        {
            _length = 0;
            Count = 0;
            Done = New();
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
