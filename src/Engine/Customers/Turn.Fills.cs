using Triggers.Engine.Programs;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Customers;

/// <summary>What happened before a behaviour was looked for, found in the log and added: silently, since all of it is past.</summary>
internal ref partial struct Turn
{
    private void ApplyFill()
    {
        if (FormerHolder() is { IsEmpty: false } holder)
        {
            // What this device did before it was cut off is with the customer that it was part of.
            _effects.Records.AddFill(holder, (int)_record.Number, _record.Body);
            return;
        }

        if (!_customer.Exists)
        {
            return;
        }

        var version = (int)_record.Number;
        var past = CustomerCodec.Read(_record.Body);
        foreach (ref var theirs in past.Behaviours)
        {
            if (Missing(theirs.Id, version) is { Keeping: not ValueKeeping } behaviour)
            {
                theirs.Forget(past.Heap, behaviour.FilledLaterUntil(version));
                behaviour.Keeping.Unite(ref _customer.Behaviour(theirs.Id, theirs.HasValues), _customer.Heap, behaviour, in theirs, past.Heap, _evaluation.Now);
                _work.Queue(behaviour.Segments);
            }
        }

        foreach (ref readonly var theirs in past.Values)
        {
            if (Missing(theirs.Id, version) is { Keeping: ValueKeeping keeping } behaviour)
            {
                keeping.Unite(_customer, behaviour, in theirs, past, _evaluation.Now);
                _work.Queue(behaviour.Segments);
            }
        }

        foreach (var late in _program.LateScores)
        {
            if (late.Version == version && late.Concerns(_customer))
            {
                late.End(_customer);
                late.SetPoints(_customer, late.PointsOf(_customer).Plus(late.PointsOf(past)));
                _work.Queue(late.Segments);
            }
        }

        UpdateScoreDue();
        _isFindingOut = true;
        SettleSegments();
        TestExits();
        EnterFoundOut();
    }

    /// <summary>The behaviour whose state it is, if the version introduced it and this customer was known before.</summary>
    private readonly CompiledBehaviour? Missing(ulong id, int version) =>
        _program.FindBehaviour(id) is { } behaviour && behaviour.TryFindGap(version, out var gap) && _customer.CreatedAt <= gap.At ? behaviour : null;
}
