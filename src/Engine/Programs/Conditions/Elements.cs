using System.Text.Json;
using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>Looks into the lists of a JSON value.</summary>
internal static class Elements
{
    /// <summary>Whether a value at a path, through every list on the way, passes a test.</summary>
    public static bool Any(ReadOnlySpan<byte> json, ReadOnlySpan<byte[]> path, ValueTest test, ref Evaluation evaluation)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            return reader.Read() && Any(ref reader, path, test, ref evaluation);
        }
        catch (JsonException)
        {
            // Ingest takes in whole JSON of a bounded depth only; bytes of another origin have no elements.
            return false;
        }
    }

    /// <summary>Whether a list has an element equal to a value. Lists in lists are not looked into.</summary>
    public static bool Contain(ReadOnlySpan<byte> json, scoped in Scalar wanted, bool ignoresCase)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                {
                    reader.Skip();
                }
                else if (Equals(ref reader, in wanted, ignoresCase))
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // As above.
        }

        return false;
    }

    private static bool Any(ref Utf8JsonReader reader, ReadOnlySpan<byte[]> path, ValueTest test, ref Evaluation evaluation)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (Any(ref reader, path, test, ref evaluation))
                    {
                        return true;
                    }
                }

                return false;
            case JsonTokenType.StartObject when path.Length > 0:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var isOnPath = reader.ValueTextEquals(path[0]);
                    reader.Read();
                    if (!isOnPath)
                    {
                        reader.Skip();
                    }
                    else if (Any(ref reader, path[1..], test, ref evaluation))
                    {
                        return true;
                    }
                }

                return false;
            case JsonTokenType.StartObject:
                reader.Skip();
                return false;
            default:
                return path.Length == 0 && Holds(ref reader, test, ref evaluation);
        }
    }

    private static bool Holds(ref Utf8JsonReader reader, ValueTest test, ref Evaluation evaluation)
    {
        var value = ScalarOf(ref reader);
        return value.Type != ValueType.None && test.Holds(in value, ref evaluation);
    }

    private static bool Equals(ref Utf8JsonReader reader, scoped in Scalar wanted, bool ignoresCase)
    {
        var value = ScalarOf(ref reader);
        return Comparison.Holds(CompareOp.Equal, in value, in wanted, ignoresCase);
    }

    private static Scalar ScalarOf(scoped ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new Scalar { Type = ValueType.Text, Text = Workspace.Current.Unescape(ref reader) };
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number):
                return new Scalar { Type = ValueType.Number, Number = number };
            case JsonTokenType.True:
            case JsonTokenType.False:
                return new Scalar { Type = ValueType.Boolean, Number = reader.TokenType == JsonTokenType.True ? 1 : 0 };
            default:
                return default;
        }
    }
}
