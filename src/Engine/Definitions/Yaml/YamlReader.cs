using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Triggers.Engine.Definitions.Yaml;

/// <summary>Reads one YAML document into nodes with places. Refuses what definitions have no use for: tags, several documents, endless aliases.</summary>
internal sealed class YamlReader
{
    private const string QuoteHint = " A value that begins with a quote or holds ': ' or ' #' must stand as a whole in double quotes, or on the next line after >-.";

    private readonly DefinitionFile _file;
    private readonly ErrorList _errors;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _depth;

    private YamlReader(DefinitionFile file, ErrorList errors)
    {
        _file = file;
        _errors = errors;
        _parser = new Parser(new StringReader(file.Text));
    }

    /// <summary>The document, or null: an error was added, or the file is empty.</summary>
    public static YamlNode? Read(DefinitionFile file, ErrorList errors)
    {
        try
        {
            return new YamlReader(file, errors).ReadDocument();
        }
        catch (YamlException exception)
        {
            errors.Add(file.Path, (int)exception.Start.Line, (int)exception.Start.Column, "", $"This is not valid YAML: {Reason(exception)}.{QuoteHint}");
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode();
        if (root is null)
        {
            return null;
        }

        _parser.Consume<DocumentEnd>();
        if (_parser.Current is not StreamEnd && !_parser.TryConsume<StreamEnd>(out _))
        {
            Fail(_parser.Current!, "The file holds more than one document (---): keep one.");
            return null;
        }

        if (root.Size > Limits.DefinitionAliasedNodesMax + _file.Text.Length)
        {
            Fail(1, 1, $"Aliases (*name) make this file grow beyond {Limits.DefinitionAliasedNodesMax} nodes.");
            return null;
        }

        return root;
    }

    private YamlNode? ReadNode()
    {
        var current = _parser.Consume<ParsingEvent>();
        if (current is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            Fail(current, $"The tag {tagged.Tag} has no meaning here: leave it out.");
            return null;
        }

        YamlNode? node;
        switch (current)
        {
            case AnchorAlias alias when _anchors.TryGetValue(alias.Value.Value, out var target):
                return target;
            case AnchorAlias alias:
                Fail(current, $"There is no anchor &{alias.Value.Value} before this alias.");
                return null;
            case Scalar scalar:
                node = ReadScalar(scalar);
                break;
            case MappingStart map when Enter(map):
                node = ReadMap(map);
                _depth--;
                break;
            case SequenceStart list when Enter(list):
                node = ReadList(list);
                _depth--;
                break;
            default:
                return null;
        }

        if (node is not null && current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = node;
        }

        return node;
    }

    private YamlMap? ReadMap(MappingStart start)
    {
        var map = new YamlMap(start.Style == MappingStyle.Flow, Line(start), Column(start));
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (_parser.Current is not Scalar)
            {
                Fail(_parser.Current!, "The name of a field must be a plain word.");
                return null;
            }

            var key = ReadScalar(_parser.Consume<Scalar>());
            var value = ReadNode();
            if (value is null)
            {
                return null;
            }

            if (!map.Add(key, value))
            {
                Fail(key.Line, key.Column, $"'{key.Value}' stands twice in this map: keep one.");
            }
        }

        return map;
    }

    private YamlList? ReadList(SequenceStart start)
    {
        var list = new YamlList(Line(start), Column(start));
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var item = ReadNode();
            if (item is null)
            {
                return null;
            }

            list.Add(item);
        }

        return list;
    }

    private static YamlScalar ReadScalar(Scalar scalar) =>
        new(scalar.Value, scalar.Style == ScalarStyle.Plain, Line(scalar), Column(scalar), (int)scalar.Start.Index, (int)scalar.End.Index);

    private bool Enter(NodeEvent start)
    {
        if (++_depth <= Limits.DefinitionDepthMax)
        {
            return true;
        }

        Fail(start, $"Maps and lists stand more than {Limits.DefinitionDepthMax} levels inside each other.");
        return false;
    }

    private static string Reason(YamlException exception)
    {
        var message = exception.InnerException is YamlException inner ? inner.Message : exception.Message;
        return message.TrimEnd('.', ' ');
    }

    private static int Line(ParsingEvent item) => (int)item.Start.Line;

    private static int Column(ParsingEvent item) => (int)item.Start.Column;

    private void Fail(ParsingEvent item, string message) => Fail(Line(item), Column(item), message);

    private void Fail(int line, int column, string message) => _errors.Add(_file.Path, line, column, "", message);
}
