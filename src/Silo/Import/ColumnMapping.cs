using Triggers.Silo.Cli;

namespace Triggers.Silo.Import;

/// <summary>
/// Says how a row of columns becomes a Segment event. A target is <c>userId</c>, <c>anonymousId</c>, <c>messageId</c>, <c>timestamp</c>, <c>event</c>,
/// or a path under <c>properties</c>, <c>traits</c> or <c>context</c>; <c>:text</c> or <c>:number</c> behind it fixes the type of its value.
/// </summary>
public sealed class ColumnMapping
{
    private static readonly string[] _roots = ["properties", "traits", "context"];
    private static readonly string[] _fields = ["userId", "anonymousId", "messageId", "timestamp", "event"];

    private ColumnMapping(IReadOnlyList<MappedColumn> columns, IReadOnlyList<MappedColumn> constants, string? eventName, string? dateFormat)
    {
        Columns = columns;
        Constants = constants;
        EventName = eventName;
        DateFormat = dateFormat;
    }

    /// <summary><see cref="MappedColumn.Source"/> is a column's name, or its number from 1 for files without a header.</summary>
    public IReadOnlyList<MappedColumn> Columns { get; }

    /// <summary><see cref="MappedColumn.Source"/> is the value itself.</summary>
    public IReadOnlyList<MappedColumn> Constants { get; }

    /// <summary>Every row is a track call of this event; null: an <c>event</c> column says it, or rows are identify calls.</summary>
    public string? EventName { get; }

    public string? DateFormat { get; }

    /// <summary>One text for one mapping, whatever the order it was given in: part of the import's identity.</summary>
    public string Canonical => string.Join('\n',
        Columns.Select(column => $"map {column}").Concat(Constants.Select(column => $"set {column}")).Order(StringComparer.Ordinal)
            .Append($"event {EventName}").Append($"date {DateFormat}"));

    public static ColumnMapping Parse(IEnumerable<string> maps, IEnumerable<string> sets, string? eventName, string? dateFormat)
    {
        var columns = maps.Select(text => ParseOne("--map", text)).ToList();
        var constants = sets.Select(text => ParseOne("--set", text)).ToList();
        var all = columns.Concat(constants).ToList();
        if (!all.Exists(column => column.Root is "userId" or "anonymousId"))
        {
            throw new UserErrorException("A CSV file needs to know whose rows they are: give --map userId=COLUMN (or anonymousId).", ExitCodes.Usage);
        }

        var twice = all.GroupBy(column => column.Target, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? new ColumnMapping(columns, constants, eventName, dateFormat)
            : throw new UserErrorException($"'{twice.Key}' is mapped twice.", ExitCodes.Usage);
    }

    private static MappedColumn ParseOne(string option, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
        {
            throw new UserErrorException($"{option} {text}: FIELD=COLUMN was expected, such as --map userId=customer.", ExitCodes.Usage);
        }

        var target = text[..equals];
        var type = ValueType.Any;
        if (target.EndsWith(":text", StringComparison.Ordinal))
        {
            (target, type) = (target[..^5], ValueType.Text);
        }
        else if (target.EndsWith(":number", StringComparison.Ordinal))
        {
            (target, type) = (target[..^7], ValueType.Number);
        }

        var path = target.Split('.');
        var isField = path.Length == 1 && _fields.Contains(path[0], StringComparer.Ordinal);
        var isPath = path.Length > 1 && _roots.Contains(path[0], StringComparer.Ordinal) && !path.Contains("", StringComparer.Ordinal);
        return isField || isPath
            ? new MappedColumn(target, path, type, text[(equals + 1)..])
            : throw new UserErrorException($"{option} {text}: the field must be {string.Join(", ", _fields)}, or properties.NAME, traits.NAME or context.NAME.", ExitCodes.Usage);
    }
}

public enum ValueType
{
    /// <summary>A number if it reads as one (no leading zero), true, false, else text.</summary>
    Any = 0,
    Text = 1,

    /// <summary>A row whose value is no number is rejected.</summary>
    Number = 2,
}

/// <param name="Target">The path as written, such as <c>properties.total</c>.</param>
public sealed record MappedColumn(string Target, IReadOnlyList<string> Path, ValueType Type, string Source)
{
    public string Root => Path[0];

    public override string ToString() => $"{Target}:{Type}={Source}";
}
