using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Runtime.CampaignTests;

/// <summary>Takes what the machine does in a test with one campaign and its customer, in its order; everything else it lets go.</summary>
internal sealed class TestEffects(string campaign) : IEffects, IDisposable
{
    private const string Reached = "/reached";

    private readonly string _prefix = $"campaign/{campaign}/step/";
    private readonly RecordBatch _scratch = new();
    private int _decisions;
    private string _step = "";

    /// <summary>Of the record that is applied.</summary>
    public List<TestNote> Notes { get; } = [];

    /// <summary>Groups and devices hear nothing of a test.</summary>
    public RecordBatch Records
    {
        get
        {
            _scratch.Clear();
            return _scratch;
        }
    }

    /// <summary>Before each record.</summary>
    public void Clear()
    {
        Notes.Clear();
        _decisions = 0;
        _step = "";
    }

    public void Count(Counter counter, long delta)
    {
        if (delta > 0 && counter.Name.StartsWith(_prefix, StringComparison.Ordinal) && counter.Name.EndsWith(Reached, StringComparison.Ordinal))
        {
            _step = counter.Name[_prefix.Length..^Reached.Length];
            Notes.Add(new TestNote(null, _step, "", "", 0, -1, null));
        }
    }

    /// <summary>Numbered with the decisions, as explanations do.</summary>
    public void Branch(ReadOnlySpan<byte> customerKey, long at, string ofCampaign, string stepId, int number)
    {
        if (ofCampaign == campaign)
        {
            Notes.Add(new TestNote(DecisionKind.BranchTaken, stepId, campaign, "", number, _decisions, null));
        }

        _decisions++;
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
        var isOfPerson = kind is DecisionKind.SegmentEntered or DecisionKind.SegmentExited or DecisionKind.LifecycleChanged or DecisionKind.GradeChanged;
        var isOfCampaign = kind is DecisionKind.CampaignEntered or DecisionKind.CampaignNotEntered or DecisionKind.CampaignExited or DecisionKind.CampaignCompleted
            or DecisionKind.MessageDecided or DecisionKind.MessageSkipped or DecisionKind.Converted;
        if (isOfPerson || (isOfCampaign && subject == campaign))
        {
            Notes.Add(new TestNote(kind, _step, subject, detail, 0, _decisions, null));
        }

        _decisions++;
    }

    /// <summary>Told right after its decision.</summary>
    public void Send(MessageDecision message)
    {
        if (message.Campaign == campaign)
        {
            Notes[^1] = Notes[^1] with { Step = message.StepId, Message = message };
        }
    }

    public void CancelUnsent(string customerKey, string? ofCampaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Dispose() => _scratch.Dispose();
}

/// <param name="Kind">null: a step was reached.</param>
/// <param name="Step">The step that was reached last, or that a message or branch is of; empty: none.</param>
/// <param name="Case">Of a branch, from 1; 0: none held.</param>
/// <param name="Number">Which of the record's decisions; −1: none.</param>
internal sealed record TestNote(DecisionKind? Kind, string Step, string Subject, string Detail, int Case, int Number, MessageDecision? Message);
