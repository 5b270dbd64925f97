using Triggers.Engine.Customers;
using Triggers.Engine.Programs;

namespace Triggers.Engine.Measuring;

/// <summary>A look at customers for what is measured over all of them: their numbers go into a sketch each, of which the lines are read. Parts merge.</summary>
public sealed class Measurement
{
    private readonly Program _program;
    private readonly Dictionary<string, QuantileSketch> _sketches = new(StringComparer.Ordinal);
    private readonly (CompiledLine Line, QuantileSketch Sketch)[] _numbers;

    /// <param name="numbersMax">More numbers than this are not measured: the first by their text are.</param>
    public Measurement(Program program, int numbersMax)
    {
        _program = program;
        var numbers = program.Lines.DistinctBy(line => line.NumberText, StringComparer.Ordinal).OrderBy(line => line.NumberText, StringComparer.Ordinal).Take(numbersMax);
        _numbers = [.. numbers.Select(line => (line, _sketches[line.NumberText] = new QuantileSketch()))];
    }

    /// <summary>Customers looked at.</summary>
    public long Customers { get; private set; }

    /// <param name="now">ms since 1970.</param>
    public void Take(Customer customer, long now)
    {
        if (!customer.Exists || customer.MergedInto is not null)
        {
            return;
        }

        Customers++;
        foreach (var (line, sketch) in _numbers)
        {
            if (line.NumberOf(customer, _program, now) is { } number)
            {
                sketch.Add(number);
            }
        }
    }

    /// <summary>Takes in what another look under the same program found.</summary>
    public void Merge(Measurement other)
    {
        Customers += other.Customers;
        foreach (var (number, sketch) in _sketches)
        {
            sketch.Merge(other._sketches[number]);
        }
    }

    /// <summary>Every line of the program, ascending by key.</summary>
    public IReadOnlyList<MeasuredLine> Lines() =>
        [.. _program.Lines.Select(line => _sketches.TryGetValue(line.NumberText, out var sketch)
            ? new MeasuredLine(line.Key, line.Text, line.Percent, sketch.LineOf(line.Percent / 100), sketch.Count, sketch.ErrorRanks)
            : new MeasuredLine(line.Key, line.Text, line.Percent, null, 0, 0))];
}

/// <param name="Text">As an expression says it.</param>
/// <param name="Line">null: nobody has the number, or it was not measured.</param>
/// <param name="Customers">Who have the number.</param>
/// <param name="ErrorRanks">At most so many customers more or fewer than the share are above the line.</param>
public sealed record MeasuredLine(ulong Key, string Text, double Percent, double? Line, long Customers, long ErrorRanks);
