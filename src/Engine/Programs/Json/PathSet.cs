using System.Text;
using System.Text.Json;
using ValueType = Triggers.Engine.Expressions.ValueType;

namespace Triggers.Engine.Programs.Json;

/// <summary>The paths that definitions name in one kind of JSON object: reads them all in one pass and skips everything else.</summary>
internal sealed class PathSet
{
    private readonly Node _root = new([], -1);

    public int[] Slots { get; private set; } = [];

    public bool IsEmpty => Slots.Length == 0;

    public void Add(string path, int slot)
    {
        if (Array.IndexOf(Slots, slot) >= 0)
        {
            return;
        }

        var node = _root;
        foreach (var part in path.Split('.'))
        {
            node = node.Child(Encoding.UTF8.GetBytes(part));
        }

        node.Slot = slot;
        Slots = [.. Slots, slot];
    }

    /// <summary>Fills the slots of this set from a JSON object; those that are not in it become absent. Text that is no JSON object has none.</summary>
    public void Read(ReadOnlySpan<byte> json, JsonSlot[] slots, JsonText text)
    {
        foreach (var slot in Slots)
        {
            slots[slot] = default;
        }

        text.Clear();
        if (json.Length < 3 || Slots.Length == 0)
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadObject(ref reader, _root, slots, text);
            }
        }
        catch (JsonException)
        {
            // Ingest takes in whole JSON only; bytes of another origin read as far as they go.
        }
    }

    private static void ReadObject(ref Utf8JsonReader reader, Node node, JsonSlot[] slots, JsonText text)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var child = node.Find(ref reader);
            reader.Read();
            if (child is null)
            {
                reader.Skip();
                continue;
            }

            if (child.Slot >= 0)
            {
                ReadValue(ref reader, ref slots[child.Slot], text);
            }

            if (reader.TokenType == JsonTokenType.StartObject && child.HasChildren)
            {
                ReadObject(ref reader, child, slots, text);
            }
            else
            {
                reader.Skip();
            }

            if (child.Slot >= 0 && slots[child.Slot].Type >= ValueType.Any)
            {
                slots[child.Slot].Length = (int)reader.BytesConsumed - slots[child.Slot].Start;
            }
        }
    }

    private static void ReadValue(ref Utf8JsonReader reader, ref JsonSlot slot, JsonText text)
    {
        slot = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                slot.Type = ValueType.Text;
                if (reader.ValueIsEscaped)
                {
                    text.Unescape(ref reader, ref slot);
                    return;
                }

                slot.Start = (int)reader.TokenStartIndex + 1;
                slot.Length = reader.ValueSpan.Length;
                break;
            case JsonTokenType.Number:
                slot.Start = (int)reader.TokenStartIndex;
                slot.Length = reader.ValueSpan.Length;
                slot.Type = reader.TryGetDouble(out slot.Number) && double.IsFinite(slot.Number) ? ValueType.Number : ValueType.Any;
                break;
            case JsonTokenType.True:
            case JsonTokenType.False:
                slot.Type = ValueType.Boolean;
                slot.Number = reader.TokenType == JsonTokenType.True ? 1 : 0;
                break;
            case JsonTokenType.Null:
                break;
            default:
                slot.Start = (int)reader.TokenStartIndex;
                slot.Type = reader.TokenType == JsonTokenType.StartArray ? ValueType.List : ValueType.Any;
                break;
        }
    }

    private sealed class Node(byte[] name, int slot)
    {
        private Node[] _children = [];

        public int Slot { get; set; } = slot;

        public bool HasChildren => _children.Length > 0;

        public Node Child(byte[] childName)
        {
            foreach (var child in _children)
            {
                if (child.Is(childName))
                {
                    return child;
                }
            }

            var added = new Node(childName, -1);
            _children = [.. _children, added];
            return added;
        }

        public Node? Find(ref Utf8JsonReader reader)
        {
            foreach (var child in _children)
            {
                if (child.Is(ref reader))
                {
                    return child;
                }
            }

            return null;
        }

        private bool Is(ReadOnlySpan<byte> other) => other.SequenceEqual(name);

        private bool Is(ref Utf8JsonReader reader) => reader.ValueTextEquals(name);
    }
}
