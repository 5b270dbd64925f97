using System.Globalization;
using System.Text.Json.Nodes;
using Triggers.Engine.Expressions;
using Triggers.Engine.Text;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>The types of single values that definitions are made of.</summary>
internal static class Types
{
    public static readonly FieldType<string> Text = new TextType("a text", "string", Limits.ExpressionTextMax * 8, null);
    public static readonly FieldType<string> EventName = new TextType("the name of an event", "string", Limits.ExpressionTextMax, null);
    public static readonly FieldType<string> Id = new IdType("an id (small letters, digits, hyphens)");
    public static readonly FieldType<long> Duration = new DurationType(1);
    public static readonly FieldType<double> Number = new NumberType();
    public static readonly FieldType<int> Count = new CountType();
    public static readonly FieldType<string> PropertyPath = new PathType("properties", "a property such as properties.total");
    public static readonly FieldType<string> TraitPath = new PathType("traits", "a trait such as traits.email");

    public static readonly FieldType<string> TimeZone = new TimeZoneType();
    public static readonly FieldType<int> TimeOfDay = new TimeOfDayType();

    public static FieldType<string> OneOf(params IReadOnlyList<string> allowed) => new ChoiceType(allowed);
}

internal sealed class TextType(string name, string jsonType, int longest, string? pattern) : ScalarType<string>
{
    public override string Name => name;

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope)
    {
        var schema = new JsonObject { ["type"] = jsonType, ["maxLength"] = longest };
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return schema;
    }

    protected override string? Parse(At at, string text, out string value)
    {
        value = text.Trim();
        return value.Length > longest ? $"This text has {value.Length} characters; at most {longest} are allowed." : null;
    }
}

/// <summary>A name that links, counters and other files refer to.</summary>
internal sealed class IdType(string name) : ScalarType<string>
{
    public const string Pattern = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";

    public override string Name => name;

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = Pattern, ["maxLength"] = Limits.DefinitionIdLengthMax };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return Check(text);
    }

    public static string? Check(string text)
    {
        if (text.Length > Limits.DefinitionIdLengthMax)
        {
            return $"The id '{text[..20]}…' has {text.Length} characters; at most {Limits.DefinitionIdLengthMax} are allowed.";
        }

        var isId = text.Length > 0 && char.IsAsciiLetterLower(text[0]) && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal)
            && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
        if (isId)
        {
            return null;
        }

        var better = string.Join('-', new string(text.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ').ToArray()).Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimStart([.. "0123456789-"]);
        return $"'{text}' is not an id: small letters, digits and single hyphens, beginning with a letter{(better.Length > 0 ? $", such as '{better}'" : "")}.";
    }
}

internal sealed class DurationType(long least) : ScalarType<long>
{
    public override string Name => Duration.Shape;

    protected override long Fallback => 0;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", ["minLength"] = 2 };

    protected override string? Parse(At at, string text, out long value)
    {
        if (!Duration.TryParse(text, out value))
        {
            return Duration.Explain(text);
        }

        return value < least ? $"The duration {text} must be longer than zero." : null;
    }
}

/// <summary>The name of a time zone as in the IANA database.</summary>
internal sealed class TimeZoneType : ScalarType<string>
{
    public override string Name => "a time zone such as Europe/Berlin";

    protected override string Fallback => "UTC";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["examples"] = new JsonArray("Europe/Berlin", "America/New_York", "UTC") };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return Programs.Conditions.Zones.Find(text.AsSpan()) is not null ? null : $"There is no time zone '{text}': write {Name}.{Suggest.Phrase(Suggest.For(text, Programs.Conditions.Zones.Ids))}";
    }
}

/// <summary>Hours and minutes, as minutes since midnight.</summary>
internal sealed class TimeOfDayType : ScalarType<int>
{
    public override string Name => "a time of day such as 21:30";

    protected override int Fallback => 0;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = "^([01]?[0-9]|2[0-3]):[0-5][0-9]$" };

    protected override string? Parse(At at, string text, out int value)
    {
        var isTime = TimeOnly.TryParseExact(text, ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time);
        value = isTime ? (time.Hour * 60) + time.Minute : 0;
        return isTime ? null : $"Expected {Name} (00:00 to 23:59), found '{text}'.";
    }
}

internal sealed class NumberType : ScalarType<double>
{
    public override string Name => "a number";

    protected override double Fallback => 0;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "number" };

    protected override string? Parse(At at, string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value) && Math.Abs(value) <= 1e12 ? null : $"Expected a number, found '{text}'.";
}

internal sealed class CountType : ScalarType<int>
{
    public override string Name => "a whole number from 1";

    protected override int Fallback => 1;

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 1_000_000 };

    protected override string? Parse(At at, string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value is >= 1 and <= 1_000_000 ? null : $"Expected {Name} to 1000000, found '{text}'.";
}

internal sealed class ChoiceType(IReadOnlyList<string> allowed) : ScalarType<string>
{
    public override string Name => string.Join(" | ", allowed.Select(item => $"`{item}`"));

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["enum"] = new JsonArray(allowed.Select(item => (JsonNode)item).ToArray()) };

    protected override string? Parse(At at, string text, out string value)
    {
        value = text;
        return allowed.Contains(text, StringComparer.Ordinal) ? null : $"'{text}' is not one of {string.Join(", ", allowed)}.{Suggest.Phrase(Suggest.For(text, allowed))}";
    }
}

/// <summary><c>properties.total</c>, kept without its root.</summary>
internal sealed class PathType(string root, string name) : ScalarType<string>
{
    public override string Name => name;

    protected override string Fallback => "";

    public override JsonObject Schema(SchemaScope scope) => new() { ["type"] = "string", ["pattern"] = $@"^{root}(\.|\[)" };

    protected override string? Parse(At at, string text, out string value)
    {
        var result = ExpressionParser.Parse($"exists({text})", ExpressionScope.Event);
        value = (result.Expression as ExistsExpr)?.Item switch
        {
            TraitExpr { OfGroup: false } trait when root == "traits" => trait.Path,
            PropertyExpr property when root == "properties" => property.Path,
            _ => "",
        };
        return value.Length > 0 ? null : $"Expected {name}, found '{text}'.{(text.Contains('.') ? "" : $" Write {root}.{text}.")}";
    }
}
