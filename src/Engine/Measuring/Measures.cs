using System.Globalization;

namespace Triggers.Engine.Measuring;

/// <summary>
/// Numbers that are measured over all customers, such as the line of the top 10 %, as one fact told them: what no customer can know alone. Immutable. As text (the
/// subject of the fact): <c>key=bits</c> in hexadecimal, ascending by key, joined by commas; the bits are those of the IEEE double.
/// </summary>
public sealed class Measures
{
    /// <summary>Nothing was measured yet.</summary>
    public static readonly Measures None = new(0, 0, []);

    private readonly SortedDictionary<ulong, double> _numbers;

    /// <param name="number">Of the fact, ascending.</param>
    /// <param name="at">When it came into force, ms since 1970.</param>
    public Measures(long number, long at, IEnumerable<KeyValuePair<ulong, double>> numbers)
    {
        (Number, At) = (number, at);
        _numbers = [];
        foreach (var (key, value) in numbers)
        {
            _numbers[key] = value;
        }
    }

    public long Number { get; }

    public long At { get; }

    /// <summary>Ascending by key.</summary>
    public IEnumerable<KeyValuePair<ulong, double>> Numbers => _numbers;

    public bool TryFind(ulong key, out double number) => _numbers.TryGetValue(key, out number);

    public bool HasSameNumbers(Measures other) => _numbers.SequenceEqual(other._numbers);

    public string Print() => string.Join(',', _numbers.Select(item => string.Create(CultureInfo.InvariantCulture, $"{item.Key:x16}={BitConverter.DoubleToInt64Bits(item.Value):x16}")));

    /// <exception cref="InvalidDataException">Not what <see cref="Print"/> writes.</exception>
    public static Measures Parse(long number, long at, string text)
    {
        var numbers = new List<KeyValuePair<ulong, double>>();
        foreach (var item in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.Length != 33 || item[16] != '='
                || !ulong.TryParse(item.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
                || !ulong.TryParse(item.AsSpan(17), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits))
            {
                throw new InvalidDataException($"'{item}' is no measured number: expected 16 hexadecimal digits of its key, '=', and 16 of its value.");
            }

            numbers.Add(new(key, BitConverter.UInt64BitsToDouble(bits)));
        }

        return new Measures(number, at, numbers);
    }
}
