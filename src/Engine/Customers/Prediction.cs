using Triggers.Engine.Expressions;
using Triggers.Engine.Records;

namespace Triggers.Engine.Customers;

/// <summary>
/// What models of purchases say of a customer, rounded to whole parts so that it is the same number everywhere. As bytes: the parts of each number in the order of
/// <see cref="PredictedNumber.All"/>, as zigzag; −1: there is none. What more follows was written by a newer program.
/// </summary>
public sealed class Prediction
{
    /// <summary>Told again when a number has moved by more than this share of what was told, and by more than <see cref="MovedPartsMin"/>.</summary>
    public const double MovedShare = 0.05;

    private const int MovedPartsMin = 100;
    private const long None = -1;

    private readonly long[] _parts;

    private Prediction(long[] parts) => _parts = parts;

    /// <param name="numbers">In the order of <see cref="PredictedNumber.All"/>; null, below 0 or not finite: there is none.</param>
    public static Prediction Of(params ReadOnlySpan<double?> numbers)
    {
        var parts = new long[PredictedNumber.All.Count];
        for (var index = 0; index < parts.Length; index++)
        {
            var scaled = (numbers[index] ?? double.NaN) * PredictedNumber.All[index].Scale;
            parts[index] = scaled is >= 0 and < 1e15 ? (long)Math.Round(scaled) : None;
        }

        return new Prediction(parts);
    }

    /// <exception cref="InvalidDataException">Not what <see cref="ToBytes"/> gives.</exception>
    public static Prediction Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new SpanReader(bytes);
        var parts = new long[PredictedNumber.All.Count];
        for (var index = 0; index < parts.Length; index++)
        {
            parts[index] = reader.ZigZag();
        }

        return new Prediction(parts);
    }

    /// <summary>What a customer was told last; null: nothing.</summary>
    public static Prediction? ToldTo(Customer customer)
    {
        var values = customer.Values;
        var (parts, isTold) = (new long[PredictedNumber.All.Count], false);
        for (var index = 0; index < parts.Length; index++)
        {
            var place = Customer.FindValue(values, PredictedNumber.All[index].Key);
            isTold |= place >= 0;
            parts[index] = place < 0 ? None : (long)Math.Round(values[place].Number * PredictedNumber.All[index].Scale);
        }

        return isTold ? new Prediction(parts) : null;
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public byte[] ToBytes()
    {
        using var writer = new ByteWriter(32);
        foreach (var parts in _parts)
        {
            writer.ZigZag(parts);
        }

        return writer.Written.ToArray();
    }

    /// <summary>null: there is none.</summary>
    public double? this[PredictedNumber number] => NumberAt(IndexOf(number));

    /// <summary>Some number is so far from what was told that the customer is to be told anew.</summary>
    public bool HasMovedFrom(Prediction? told)
    {
        for (var index = 0; index < _parts.Length; index++)
        {
            var (now, then) = (_parts[index], told?._parts[index] ?? None);
            if ((now == None) != (then == None) || Math.Abs(now - then) > Math.Max(MovedPartsMin, then * MovedShare))
            {
                return true;
            }
        }

        return false;
    }

    internal double? NumberAt(int index) => _parts[index] == None ? null : _parts[index] / (double)PredictedNumber.All[index].Scale;

    private static int IndexOf(PredictedNumber number)
    {
        for (var index = 0; index < PredictedNumber.All.Count; index++)
        {
            if (ReferenceEquals(PredictedNumber.All[index], number))
            {
                return index;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(number));
    }
}
