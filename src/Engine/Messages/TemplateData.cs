using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Triggers.Engine.Messages;

/// <summary>JSON as the plain dictionaries, lists, texts, numbers and booleans that templates walk.</summary>
internal static class TemplateData
{
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out Dictionary<string, object?>? data, out string problem)
    {
        data = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                problem = $"it begins with {reader.TokenType}";
                return false;
            }

            var read = ReadObject(ref reader);
            if (reader.Read())
            {
                problem = "something follows the object";
                return false;
            }

            data = read;
            problem = "";
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e.Message;
            return false;
        }
    }

    private static Dictionary<string, object?> ReadObject(ref Utf8JsonReader reader)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            result[name] = ReadValue(ref reader);
        }

        return result;
    }

    private static List<object?> ReadArray(ref Utf8JsonReader reader)
    {
        var result = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            result.Add(ReadValue(ref reader));
        }

        return result;
    }

    private static object? ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Number => ReadNumber(ref reader),
        _ => null,
    };

    /// <summary>Decimal keeps the digits as they were sent (<c>12.50</c>); only numbers outside its range become doubles.</summary>
    private static object ReadNumber(ref Utf8JsonReader reader) =>
        reader.TryGetInt64(out var whole) ? whole
        : reader.TryGetDecimal(out var number) ? number
        : reader.GetDouble();
}
