using System.Text.Json;

namespace Triggers.Engine.Customers;

/// <summary>The time zone that an event came from, as SDKs send it: <c>context.timezone</c>.</summary>
internal static class ContextZone
{
    public static bool TryRead(ReadOnlySpan<byte> context, out ReadOnlySpan<byte> id)
    {
        id = default;
        if (context.IndexOf("\"timezone\""u8) < 0)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(context);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isZone = reader.ValueTextEquals("timezone"u8);
                reader.Read();
                if (isZone)
                {
                    id = reader.TokenType != JsonTokenType.String ? default : reader.ValueIsEscaped ? Workspace.Current.Unescape(ref reader) : reader.ValueSpan;
                    return id.Length > 0;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // Ingest takes in whole JSON only; bytes of another origin name no time zone.
        }

        return false;
    }
}
