using System.Collections.Frozen;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;

namespace Triggers.Web.Ingest;

/// <summary>A site or app that events come from, ready to be written into records.</summary>
internal sealed record EventSource(string Id, byte[] IdUtf8)
{
    public static EventSource Of(string id) => new(id, Encoding.UTF8.GetBytes(id));
}

/// <summary>Knows the write keys of the definitions in force; looks one up without making a string. Case-sensitive.</summary>
internal sealed class WriteKeys(IDefinitions definitions)
{
    private const int LongestKey = 256;
    private Table _table = new(definitions.Current);

    public EventSource? FindByAuthorization(string header) => header.Length == 0 ? null : Current().FindByHeader(header);

    public EventSource? FindByKey(ReadOnlySpan<byte> key) => Current().FindByKey(key);

    private Table Current()
    {
        var table = _table;
        var definitionSet = definitions.Current;
        return ReferenceEquals(table.Definitions, definitionSet) ? table : _table = new Table(definitionSet);
    }

    private sealed class Table
    {
        private readonly FrozenDictionary<string, EventSource>.AlternateLookup<ReadOnlySpan<char>> _byKey;
        private readonly FrozenDictionary<string, EventSource> _byHeader;

        public Table(DefinitionSet definitions)
        {
            Definitions = definitions;
            var sources = definitions.Sources.ToDictionary(source => source.WriteKey, source => EventSource.Of(source.Id), StringComparer.Ordinal);
            _byKey = sources.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
            // What SDKs send, ready made: the usual request needs no decoding.
            _byHeader = sources.ToFrozenDictionary(
                pair => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Key + ":")), pair => pair.Value, StringComparer.Ordinal);
        }

        public DefinitionSet Definitions { get; }

        public EventSource? FindByKey(ReadOnlySpan<byte> key)
        {
            if (key.Length is 0 or > LongestKey)
            {
                return null;
            }

            Span<char> chars = stackalloc char[LongestKey];
            return _byKey.TryGetValue(chars[..Encoding.UTF8.GetChars(key, chars)], out var source) ? source : null;
        }

        public EventSource? FindByHeader(string header)
        {
            if (_byHeader.TryGetValue(header, out var source))
            {
                return source;
            }

            var space = header.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || header.Length > LongestKey * 2)
            {
                return null;
            }

            var credentials = header.AsSpan(space + 1).Trim();
            if (header.AsSpan(0, space).Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                return _byKey.TryGetValue(credentials, out source) ? source : null;
            }

            return header.AsSpan(0, space).Equals("Basic", StringComparison.OrdinalIgnoreCase) ? FindByBasic(credentials) : null;
        }

        private EventSource? FindByBasic(ReadOnlySpan<char> base64)
        {
            Span<byte> decoded = stackalloc byte[LongestKey * 2];
            if (!Convert.TryFromBase64Chars(base64, decoded, out var count))
            {
                return null;
            }

            var text = decoded[..count];
            var colon = text.IndexOf((byte)':');
            return FindByKey(colon < 0 ? text : text[..colon]);
        }
    }
}
