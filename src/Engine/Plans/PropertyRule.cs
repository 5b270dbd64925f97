using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Triggers.Engine.Definitions;
using Triggers.Engine.Definitions.Elements;

namespace Triggers.Engine.Plans;

/// <summary>One planned property, ready to be held against a value. Allocates only words about what is wrong.</summary>
internal sealed class PropertyRule(PlannedProperty property)
{
    private const int ShownChars = 40;

    private readonly Regex? _pattern = property.Pattern is { } pattern ? Expressions.Predicates.Pattern.Compile(pattern, ignoresCase: false) : null;
    private readonly byte[][] _allowed = [.. property.Allowed.Select(Encoding.UTF8.GetBytes)];
    private readonly double?[] _allowedNumbers = [.. property.Allowed.Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : (double?)null)];
    private readonly string _ofType = property.Type == PropertyType.Any ? "a value" : $"{(property.Type is PropertyType.Integer or PropertyType.Array or PropertyType.Object ? "an" : "a")} {PlanFields.NameOf(property.Type)}";
    private readonly string _inList = "one of " + string.Join(", ", property.Allowed.Take(10)) + (property.Allowed.Count > 10 ? ", …" : "");
    private readonly string _inRange = (property.Minimum, property.Maximum) switch
    {
        ({ } least, { } most) => string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"),
        ({ } least, null) => string.Create(CultureInfo.InvariantCulture, $"a number from {least}"),
        (_, { } most) => string.Create(CultureInfo.InvariantCulture, $"a number up to {most}"),
        _ => "",
    };

    /// <summary>What is expected of the property as a whole.</summary>
    public string OfType => _ofType;

    /// <summary>The rule that the value breaks; 0: none.</summary>
    public PlanRule Check(ref Utf8JsonReader value, out string expected)
    {
        expected = _ofType;
        if (!IsOfType(ref value))
        {
            return PlanRule.Type;
        }

        if (_allowed.Length > 0 && !IsAllowed(ref value))
        {
            expected = _inList;
            return PlanRule.Enum;
        }

        if (_pattern is not null && value.TokenType == JsonTokenType.String && !Matches(ref value))
        {
            expected = $"a text that matches {property.Pattern}";
            return PlanRule.Pattern;
        }

        if (_inRange.Length > 0 && value.TokenType == JsonTokenType.Number && value.TryGetDouble(out var number) && (number < property.Minimum || number > property.Maximum))
        {
            expected = _inRange;
            return PlanRule.Range;
        }

        return 0;
    }

    /// <summary>The value in words.</summary>
    public static string Describe(ref Utf8JsonReader value) => value.TokenType switch
    {
        JsonTokenType.String => $"the text '{Shown(value.GetString() ?? "")}'",
        JsonTokenType.Number => $"the number {Shown(Encoding.UTF8.GetString(value.ValueSpan))}",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.StartObject => "an object",
        _ => "null",
    };

    private static string Shown(string text) => text.Length <= ShownChars ? text : text[..(char.IsHighSurrogate(text[ShownChars - 1]) ? ShownChars - 1 : ShownChars)] + "…";

    private bool IsOfType(ref Utf8JsonReader value) => property.Type switch
    {
        PropertyType.String => value.TokenType == JsonTokenType.String,
        PropertyType.Number => value.TokenType == JsonTokenType.Number,
        PropertyType.Integer => value.TokenType == JsonTokenType.Number && value.TryGetDouble(out var number) && Math.Floor(number) == number,
        PropertyType.Boolean => value.TokenType is JsonTokenType.True or JsonTokenType.False,
        PropertyType.Array => value.TokenType == JsonTokenType.StartArray,
        PropertyType.Object => value.TokenType == JsonTokenType.StartObject,
        _ => true,
    };

    private bool IsAllowed(ref Utf8JsonReader value)
    {
        for (var i = 0; i < _allowed.Length; i++)
        {
            var isThis = value.TokenType switch
            {
                JsonTokenType.String => value.ValueTextEquals(_allowed[i]),
                JsonTokenType.Number => _allowedNumbers[i] is { } wanted && Utf8Parser.TryParse(value.ValueSpan, out double number, out _) && number == wanted,
                JsonTokenType.True => _allowed[i].AsSpan().SequenceEqual("true"u8),
                JsonTokenType.False => _allowed[i].AsSpan().SequenceEqual("false"u8),
                _ => false,
            };
            if (isThis)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A text longer than patterns look at matches none, as in conditions.</summary>
    private bool Matches(ref Utf8JsonReader value)
    {
        if (value.ValueSpan.Length > Limits.PatternTextBytesMax)
        {
            return false;
        }

        var rented = value.ValueSpan.Length > 256 ? ArrayPool<char>.Shared.Rent(value.ValueSpan.Length) : null;
        Span<char> chars = rented ?? stackalloc char[256];
        var found = _pattern!.IsMatch(chars[..value.CopyString(chars)]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return found;
    }
}
