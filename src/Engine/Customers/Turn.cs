using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>One customer and one record: what <see cref="Machine.Apply"/> does, by subject in the files beside this one.</summary>
internal ref partial struct Turn
{
    private readonly Customer _customer;
    private readonly RecordView _record;
    private readonly Facts _facts;
    private readonly Program _program;
    private readonly IEffects _effects;
    private readonly Workspace _work;

    /// <summary>The record's <c>at</c>, and the whole second that has begun then.</summary>
    private readonly long _at;
    private readonly long _second;
    private Evaluation _evaluation;

    /// <summary>When what is being done happens: a due instant, or the record's <c>at</c>.</summary>
    private long _instant;

    /// <summary>When what caused it occurred: the event's <c>occurredAt</c>, or <see cref="_instant"/>.</summary>
    private long _occurredAt;

    /// <summary>Builds state and counts; nothing is triggered and nothing is told.</summary>
    private bool _isSilent;

    /// <summary>What is found out now was so before: the program is new, or history has come in.</summary>
    private bool _isFindingOut;
    private bool _isCatchingUp;

    /// <summary>Time alone is at work, no record.</summary>
    private bool _isByTime;

    /// <summary>The event in hand; absent while time is at work.</summary>
    private bool _hasEvent;
    private EventPlan? _plan;

    /// <summary>The event's own time zone; null: it named none.</summary>
    private NodaTime.DateTimeZone? _zone;

    /// <summary>Key of the campaign that the record leads into whatever its trigger, audience and re-entry say; 0: none.</summary>
    private readonly ulong _anyway;

    public Turn(Customer customer, in RecordView record, Facts facts, IEffects effects, ulong anyway = 0)
    {
        _anyway = anyway;
        _customer = customer;
        _record = record;
        _facts = facts;
        _program = facts.Program;
        _effects = effects;
        _work = Workspace.Current;
        _at = Math.Max(record.At, customer.Clock);
        _second = Instants.Floor(_at);
        _work.Reserve(_program.PropertyCount, _program.Segments.Length, _program.Behaviours.Length);
        _evaluation = new Evaluation { Customer = customer, Program = _program, Properties = _work.Properties, Text = _work.Text, BehaviourPlaces = _work.BehaviourPlaces };
    }

    public void Run()
    {
        if (IsOfGroup)
        {
            RunGroup();
        }
        else if (_customer.MergedInto is not null)
        {
            Forward();
        }
        else
        {
            if (_customer.Exists)
            {
                if (_customer.ProgramVersion != _program.Version)
                {
                    Migrate();
                }

                Advance(_second);
            }

            _customer.Dedupe.Trim(_customer.Heap, _at);
            ApplyRecord();
            _customer.FindDue();
            AssertNothingDue(_second);
        }

        _customer.Clock = _at;
        _customer.Offset = Math.Max(_customer.Offset, _record.Offset);
    }

    private void ApplyRecord()
    {
        Begin(_at, _second, isSilent: _record.IsHistorical, isByTime: false);
        switch (_record.Kind)
        {
            case RecordKind.Timer:
                SettleMeasured();
                break;
            case RecordKind.Event:
                ApplyEvent();
                break;
            case RecordKind.Outcome:
                ApplyOutcome();
                break;
            case RecordKind.Link:
                ApplyLink();
                break;
            case RecordKind.TakeOver:
                ApplyTakeOver();
                break;
            case RecordKind.Fill:
                ApplyFill();
                break;
            case RecordKind.Group:
                ApplyGroup();
                break;
            case RecordKind.Predicted:
                ApplyPredicted();
                break;
            case RecordKind.Command:
                ApplyCommand();
                break;
        }

        if (_anyway != 0 && _record.Kind != RecordKind.Event)
        {
            EnterAnyway();
        }
    }

    /// <summary>Lives through every due instant up to a second, in order, each at its own time.</summary>
    private void Advance(long second)
    {
        while (_customer.Due <= second)
        {
            var due = _customer.Due;
            Begin(due, due, isSilent: false, isByTime: true);
            if (_customer.LifecycleDue <= due)
            {
                UpdateLifecycle();
            }

            if (_customer.ScoreDue <= due)
            {
                TriggerScoreLines(_customer.Points.ValueAt(due - 1000), _customer.Points.ValueAt(due));
                UpdateScoreDue();
            }

            if (_customer.InactivityDue <= due)
            {
                TriggerInactivity(due);
                UpdateInactivityDue();
            }

            QueueDueSegments(due);
            SettleSegments();
            TestExits();
            EndWaits(due);
            EnterTriggered();
            _customer.FindDue();
            AssertNothingDue(due);
        }
    }

    private void Begin(long instant, long second, bool isSilent, bool isByTime)
    {
        _instant = instant;
        _occurredAt = instant;
        _isSilent = isSilent;
        _isByTime = isByTime;
        _hasEvent = false;
        _plan = null;
        _evaluation.Now = second;
        _evaluation.Body = default;
    }

    private readonly void AssertNothingDue(long second)
    {
        if (_customer.Due <= second)
        {
            throw new InvalidOperationException($"Customer {_customer.Key} is still due at {_customer.Due} after it was advanced to {second}: a due instant must lie ahead.");
        }
    }

    private readonly void Count(Counter counter, long delta) => _effects.Count(counter, delta);

    private readonly void Tell(DecisionKind kind, string subject, string detail = "")
    {
        if (!_isSilent)
        {
            _effects.Decide(_customer.KeyUtf8, kind, _instant, subject, detail);
        }
    }
}
