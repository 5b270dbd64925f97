using Triggers.Engine.Customers;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Explanations;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.CampaignTests;

/// <summary>One person going through one campaign: the machine itself, with a clock that jumps from one due instant to the next. Nothing of it leaves this object but what it tells.</summary>
/// <param name="enters">At the beginning, whatever trigger, re-entry and audience say.</param>
internal sealed class TestRun(TestSubject subject, CampaignDefinition campaign, long begin, long spanMs, bool enters) : IDisposable
{
    private readonly Customer _customer = CustomerCodec.Read(subject.State);
    private readonly Facts _facts = new(subject.Program, subject.Program.Definitions.Campaigns.Select(each => each.Id).Where(id => id != campaign.Id).ToHashSet(StringComparer.Ordinal));
    private readonly TestEffects _effects = new(campaign.Id);
    private readonly TestStory _story = new(campaign, begin);
    private readonly long _begin = begin;
    private readonly RecordBatch _batch = new();
    private long _now = begin;
    private int _turns;

    public IReadOnlyList<TestEntry> Items => _story.Items;

    public string CustomerKey => _customer.Key;

    public long Now => _now;

    /// <summary>When the run through the campaign ended, or how far it came: what the person does afterwards goes on beyond it.</summary>
    public long End { get; private set; } = begin;

    public bool HasEntered { get; private set; }

    /// <summary>It would have gone on: more happened than a test tells.</summary>
    public bool IsCut => _story.Items.Count >= Limits.TestItemsMax || _turns >= Limits.TestTurnsMax;

    /// <summary>What was looked at on the way in.</summary>
    public Explanation? Entry { get; private set; }

    public string Outcome => !HasEntered ? "not entered" : Run() switch
    {
        { Status: EntryStatus.Completed } => "completed",
        { Status: EntryStatus.Exited } => "exited",
        _ => "inside",
    };

    /// <param name="first">What happens at the beginning; null: nothing.</param>
    /// <param name="others">In the order of their time.</param>
    public void Go(MockEvent? first, IReadOnlyList<MockEvent> others, CancellationToken cancellation)
    {
        if (first is not null)
        {
            Happen(first, enters);
        }
        else
        {
            Entry = enters ? null : Explainer.Campaign(_customer, _facts, campaign.Id, _begin);
            if (enters)
            {
                _batch.Clear();
                _batch.AddTimer(_customer.KeyUtf8);
                Apply(enters: true);
            }
        }

        foreach (var happens in others)
        {
            PassTo(_begin + happens.AfterMs, untilEnd: false, cancellation);
            if (IsCut)
            {
                return;
            }

            _now = Math.Max(_now, _begin + happens.AfterMs);
            Happen(happens, enters: false);
        }

        if (HasEntered || campaign.Trigger.Kind != TriggerKind.Event)
        {
            PassTo(_begin + spanMs, untilEnd: true, cancellation);
        }
    }

    public void Dispose()
    {
        _effects.Dispose();
        _batch.Dispose();
    }

    private void Happen(MockEvent happens, bool enters)
    {
        _story.Add(_now, "event", null, happens.Name, happens.Properties?.GetRawText() is { Length: > 2 } properties ? properties : "");
        _batch.Clear();
        TestSubject.AddEvent(_batch, _customer.KeyUtf8, happens, TestSubject.SourceOf(subject.Program.Definitions), _now);
        Apply(enters);
    }

    /// <summary>Lives through what time brings, up to an instant, or to the end of the run through the campaign if that comes before.</summary>
    private void PassTo(long instant, bool untilEnd, CancellationToken cancellation)
    {
        while (_customer.Due <= instant && !IsCut && !(untilEnd && HasEntered && Run() is not { Status: EntryStatus.Active }))
        {
            cancellation.ThrowIfCancellationRequested();
            _now = Math.Max(_now, _customer.Due);
            _batch.Clear();
            _batch.AddTimer(_customer.KeyUtf8);
            Apply(enters: false);
        }

        _now = untilEnd && (HasEntered && Run() is not { Status: EntryStatus.Active }) ? _now : IsCut ? _now : Math.Max(_now, instant);
    }

    private CampaignEntry? Run() => _customer.EntriesIn(_facts.Program).FirstOrDefault(entry => entry.Campaign == campaign.Id);

    private void Apply(bool enters)
    {
        _turns++;
        RecordView.Read(_batch.Bytes, out var view);
        (view.At, view.Offset) = (_now, _customer.Offset + 1);
        var state = TestSubject.StateOf(_customer);
        var before = HasEntered ? Run() : null;
        _effects.Clear();
        if (enters)
        {
            Machine.Enter(_customer, view, _facts, campaign.Id, _effects);
        }
        else
        {
            Machine.Apply(_customer, view, _facts, _effects);
        }

        Explain(state, view);
        var after = Run();
        End = before is null or { Status: EntryStatus.Active } || after?.Number != before.Number ? _now : End;
        TellWait(before, after, view);
        foreach (var note in _effects.Notes)
        {
            HasEntered |= note.Kind == DecisionKind.CampaignEntered;
            _story.Tell(_now, note, before?.StepId, WhyOf(note, state, view, enters));
        }

        if (HasEntered && after is { Status: EntryStatus.Active, StepId: { } step, Until: { } until } && (before?.StepId != step || before.Until != until) && _story.IsSend(step))
        {
            var why = Explainer.Campaign(_customer, _facts, campaign.Id, _now)?.Messages.FirstOrDefault(reason => reason.Text.StartsWith($"step {step}:", StringComparison.Ordinal));
            _story.Hold(_now, step, until, why);
        }
    }

    /// <summary>Of the first event that might have brought the person in.</summary>
    private void Explain(byte[] state, in RecordView view)
    {
        var isTriggered = _effects.Notes.Exists(note => note.Kind is DecisionKind.CampaignEntered or DecisionKind.CampaignNotEntered);
        if (view.Kind == RecordKind.Event ? Entry is null || (isTriggered && !HasEntered) : isTriggered && !HasEntered && !enters)
        {
            Entry = Explainer.Entry(CustomerCodec.Read(state), view, _facts, campaign.Id, isTriggered && !enters);
        }
    }

    /// <summary>How a wait for an event ended, before what that led to.</summary>
    private void TellWait(CampaignEntry? before, CampaignEntry? after, in RecordView view)
    {
        if (before is { Status: EntryStatus.Active, StepId: { } step } && _story.Awaits(step) is { } wait && (after?.StepId != step || after.Status != EntryStatus.Active)
            && _effects.Notes.Find(note => note.Kind is not (DecisionKind.SegmentEntered or DecisionKind.SegmentExited or DecisionKind.LifecycleChanged or DecisionKind.GradeChanged or DecisionKind.Converted)) is not { Kind: DecisionKind.CampaignExited, Detail: "exit condition", Step: "" })
        {
            _story.EndWait(_now, wait, happened: view.Kind == RecordKind.Event);
        }
    }

    private IReadOnlyList<Reason> WhyOf(TestNote note, byte[] state, in RecordView view, bool enters)
    {
        if (note.Kind is not { } kind || !Explainer.CanExplain(kind))
        {
            return [];
        }

        if (kind is DecisionKind.CampaignEntered or DecisionKind.CampaignNotEntered && Entry is { } entry && entry.At == _now)
        {
            return entry.Checks;
        }

        var customer = CustomerCodec.Read(state);
        var why = enters ? Explainer.DecisionAnyway(customer, view, _facts, campaign.Id, note.Number) : Explainer.Decision(customer, view, _facts, note.Number);
        return why?.Checks ?? [];
    }
}
