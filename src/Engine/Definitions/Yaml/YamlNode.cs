namespace Triggers.Engine.Definitions.Yaml;

/// <summary>A piece of a YAML file that knows where it stands, so that every error can point to it. Lines and columns are 1-based.</summary>
internal abstract class YamlNode(int line, int column)
{
    private const long SizeMax = 1L << 40;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>Nodes in this one and below, aliases counted as often as they are used. Stops far beyond every limit: a sum that went on would pass 2^63 and begin below zero.</summary>
    public long Size { get; private set; } = 1;

    protected void Grow(long nodes) => Size = Math.Min(Size + nodes, SizeMax);

    /// <summary>As error messages call it.</summary>
    public abstract string Describe();
}

/// <summary>A single value. <c>null</c>, <c>~</c> and nothing at all are empty.</summary>
/// <param name="start">Index of the first character in the file's text, quotes and block header included.</param>
/// <param name="end">Index behind the last character.</param>
internal sealed class YamlScalar(string value, bool isPlain, int line, int column, int start, int end) : YamlNode(line, column)
{
    public string Value { get; } = value;

    public int Start { get; } = start;

    public int End { get; } = end;

    public bool IsEmpty => Value.Length == 0 || (isPlain && Value is "~" or "null");

    public override string Describe() => IsEmpty ? "nothing" : $"'{(Value.Length <= 60 ? Value : Value[..57] + "…")}'";
}

internal sealed class YamlMap(bool isFlow, int line, int column) : YamlNode(line, column)
{
    private readonly List<KeyValuePair<YamlScalar, YamlNode>> _entries = [];
    private readonly Dictionary<string, YamlNode> _byKey = new(StringComparer.Ordinal);

    /// <summary>Written as <c>{ … }</c>.</summary>
    public bool IsFlow { get; } = isFlow;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => _entries;

    public YamlNode? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>false: the key is there already.</summary>
    public bool Add(YamlScalar key, YamlNode value)
    {
        if (!_byKey.TryAdd(key.Value, value))
        {
            return false;
        }

        _entries.Add(new(key, value));
        Grow(1 + value.Size);
        return true;
    }

    public override string Describe() => "a map";
}

internal sealed class YamlList(int line, int column) : YamlNode(line, column)
{
    private readonly List<YamlNode> _items = [];

    public IReadOnlyList<YamlNode> Items => _items;

    public void Add(YamlNode item)
    {
        _items.Add(item);
        Grow(item.Size);
    }

    public override string Describe() => "a list";
}
