using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments.Keepings;
using Triggers.Engine.Text;

namespace Triggers.Engine.Programs;

/// <summary>
/// A score beside engagement: points that decay are kept as a value with its instant, points in a window as a behaviour of their own, and what a customer
/// is earns by being asked.
/// </summary>
internal sealed class CompiledScore(NamedScoreDefinition definition)
{
    public NamedScoreDefinition Definition { get; } = definition;

    /// <summary>Hash of the id: the key of its state.</summary>
    public ulong Key { get; } = KeyOf(definition.Id);

    /// <summary>Points earned in a window; null: they decay.</summary>
    public CompiledBehaviour? Window { get; } = definition.Scoring.WindowMs == 0 ? null : new CompiledBehaviour(KeyOf(definition.Id), $"score('{definition.Id}')", "", InstantsKeeping.Summed);

    public Window Length { get; } = new(WindowKind.Within, definition.Scoring.WindowMs);

    public (Condition When, double Points)[] Fit { get; set; } = [];

    /// <summary>What the fit reads.</summary>
    public Dependencies Uses { get; } = new();

    /// <summary>Indices of segments that read it.</summary>
    public int[] Segments { get; set; } = [];

    /// <summary>null: its rules are as old as every customer, or it has a window.</summary>
    public LateScore? Late { get; set; }

    public static ulong KeyOf(string id) => Hash64.Of($"score('{id}')");

    /// <summary>Points for what holds of the customer now.</summary>
    /// <param name="isUnknown">Some of it is still collecting.</param>
    public double FitNow(ref Evaluation evaluation, out bool isUnknown)
    {
        var points = 0.0;
        isUnknown = false;
        foreach (var (when, worth) in Fit)
        {
            var truth = when.Test(ref evaluation);
            points += truth == Truth.True ? worth : 0;
            isUnknown |= truth == Truth.Unknown;
        }

        return points;
    }

    /// <summary>Points that decay.</summary>
    public Score Points(Customer customer)
    {
        var scores = customer.Scores;
        var index = Customer.FindScore(scores, Key);
        return index < 0 ? new Score(0, 0, Definition.Scoring.HalfLifeMs) : scores[index].Points;
    }
}

/// <summary>A line of a grade: a segment that nobody sees, entered at one value of a score and left below another.</summary>
/// <param name="ScoreId">Empty: engagement.</param>
internal sealed record GradeLine(string ScoreId, GradeDefinition Grade)
{
    public ulong Key { get; } = Hash64.Of($"grade('{ScoreId}')\n{Grade.Name}");

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Grade.Name);
}
