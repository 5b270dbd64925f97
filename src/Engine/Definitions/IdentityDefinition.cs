using System.Text;

namespace Triggers.Engine.Definitions;

/// <summary>Which keys are not merged (<c>identity.yaml</c>, optional): what a rule stops stays two customers.</summary>
public sealed record IdentityDefinition
{
    /// <summary>What sites send for everybody where they know of nobody.</summary>
    public static readonly IReadOnlyList<string> UsualAccidents =
        ["null", "undefined", "none", "nil", "nan", "n/a", "na", "unknown", "anonymous", "guest", "test", "true", "false", "0", "-1", "[object object]", "00000000-0000-0000-0000-000000000000"];

    private readonly IReadOnlyList<string> _never = UsualAccidents;
    private readonly byte[][] _neverUtf8 = Compile(UsualAccidents);

    /// <summary>Anonymous ids that one customer takes in, at most.</summary>
    public int DevicesEver { get; init; } = 1_000;

    /// <summary>Of these at most so many within <see cref="DevicesWithinMs"/>.</summary>
    public int DevicesRecently { get; init; } = 50;

    public long DevicesWithinMs { get; init; } = 30 * 86_400_000L;

    /// <summary>Whether an alias merges two customers with a userId each.</summary>
    public bool MergesPeople { get; init; } = true;

    /// <summary>Customers with a userId that one customer takes in, at most.</summary>
    public int PeopleEver { get; init; } = 20;

    /// <summary>Ids that never merge, whatever the case of their letters; <c>*</c> at the beginning or the end stands for anything.</summary>
    public IReadOnlyList<string> Never
    {
        get => _never;
        init
        {
            _never = value;
            _neverUtf8 = Compile(value);
        }
    }

    /// <param name="id">UTF-8, without the key's prefix.</param>
    internal bool NeverMerges(ReadOnlySpan<byte> id)
    {
        foreach (var pattern in _neverUtf8)
        {
            if (Matches(pattern, id))
            {
                return true;
            }
        }

        return false;
    }

    private static byte[][] Compile(IReadOnlyList<string> patterns) => [.. patterns.Select(Encoding.UTF8.GetBytes)];

    private static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> id)
    {
        var (isOpenStart, isOpenEnd) = (pattern is [(byte)'*', ..], pattern is [.., (byte)'*']);
        var text = pattern[(isOpenStart ? 1 : 0)..(isOpenEnd && pattern.Length > 1 ? pattern.Length - 1 : pattern.Length)];
        if (text.Length > id.Length)
        {
            return false;
        }

        if (!isOpenStart || !isOpenEnd)
        {
            return (isOpenStart || isOpenEnd || text.Length == id.Length) && Ascii.EqualsIgnoreCase(isOpenStart ? id[^text.Length..] : id[..text.Length], text);
        }

        for (var start = 0; start + text.Length <= id.Length; start++)
        {
            if (Ascii.EqualsIgnoreCase(id.Slice(start, text.Length), text))
            {
                return true;
            }
        }

        return false;
    }
}
