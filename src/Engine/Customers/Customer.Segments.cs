using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Customers;

/// <summary>In which segments the customer is, and what time will do to that: at a cost that hardly grows with their number.</summary>
public sealed partial class Customer
{
    private DueBlocks _dues;

    /// <summary>The list of segments was changed other than by <see cref="SetSegment"/>.</summary>
    internal void SegmentsMoved()
    {
        _dues.ForgetFrom(Heap, 0);
        IsSegmentDueStale = true;
    }

    /// <summary>The next index, from one on, of a segment that is due by an instant; −1: none is.</summary>
    internal int NextDueSegment(int index, long due)
    {
        var segments = Segments;
        while ((index = _dues.NextDue(Heap, index, due)) < segments.Length)
        {
            if (segments[index].Due <= due)
            {
                return index;
            }

            index++;
        }

        return -1;
    }

    internal Truth TruthOf(ulong segment)
    {
        var segments = Segments;
        var index = FindSegment(segments, segment);
        return index < 0 ? Truth.False : segments[index].Truth;
    }

    /// <summary>Notes where the customer stands in a segment; <paramref name="since"/> is taken only when that changes.</summary>
    /// <param name="index">As <see cref="FindSegment"/> gives it.</param>
    internal void SetSegment(int index, ulong key, Truth truth, long since, long due)
    {
        var isKept = truth != Truth.False || due != Instants.Never;
        if (index < 0)
        {
            if (!isKept)
            {
                return;
            }

            _dues.ForgetFrom(Heap, -1 - index);
            SegmentList.Insert(Heap, -1 - index, new SegmentState { Key = key, Truth = truth, Since = since, Due = due });
        }
        else
        {
            ref var state = ref Segments[index];
            IsSegmentDueStale |= state.Due == SegmentDue && due > state.Due;
            if (!isKept)
            {
                _dues.ForgetFrom(Heap, index);
                SegmentList.RemoveAt(Heap, index);
                return;
            }

            var from = state.Due;
            state.Since = state.Truth == truth ? state.Since : since;
            state.Truth = truth;
            state.Due = due;
            _dues.Move(Heap, index, from, Segments);
        }

        SegmentDue = Math.Min(SegmentDue, due);
    }
}
