using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Customers;

/// <summary>
/// Of a customer who was lived through the past again under a later program: what the past adds to the live one. Everything of a behaviour that is new; of one
/// that has a longer window, only what the shorter one had let go.
/// </summary>
public static class PastState
{
    /// <summary>Writes what a version introduced; false: the past adds nothing. The customer is of no use after that.</summary>
    /// <param name="lived">Up to where the version came into force, under definitions with the behaviours and windows of the program.</param>
    /// <param name="program">In force now.</param>
    public static bool TryWrite(Customer lived, Program program, int version, ByteWriter output)
    {
        var added = new Customer(lived.KeyUtf8, lived.Hash, lived.Heap) { Exists = true, Clock = lived.Clock };
        foreach (ref var state in lived.Behaviours)
        {
            if (program.FindBehaviour(state.Id) is { } behaviour && behaviour.TryFindGap(version, out var gap))
            {
                if (!gap.IsWhole)
                {
                    (state.Total, state.Sum) = (0, 0);
                    state.ForgetAfter(lived.Heap, gap.Until);
                }

                if (state.Total > 0 || state.Length > 0)
                {
                    added.BehaviourList.Add(lived.Heap, in state);
                }
            }
        }

        foreach (ref readonly var value in lived.Values)
        {
            if (program.FindBehaviour(value.Id)?.TryFindGap(version, out _) == true)
            {
                added.ValueList.Add(lived.Heap, in value);
            }
        }

        foreach (var late in program.LateScores)
        {
            if (late.Version == version)
            {
                late.SetPoints(added, late.PointsOf(lived));
            }
        }

        if (added.BehaviourList.Count == 0 && added.ValueList.Count == 0 && added.Points.Value == 0 && added.ScoreList.Count == 0)
        {
            return false;
        }

        CustomerCodec.Write(added, output);
        return true;
    }

    /// <summary>
    /// A state that was taken over in the past, without what the version introduced: the absorbed customer's own past brings that. What else it holds, such as the ids of
    /// its latest events, was so.
    /// </summary>
    public static void WriteRest(ReadOnlySpan<byte> takenOver, Program program, int version, ByteWriter output)
    {
        var absorbed = CustomerCodec.Read(takenOver);
        for (var i = absorbed.BehaviourList.Count - 1; i >= 0; i--)
        {
            if (program.FindBehaviour(absorbed.Behaviours[i].Id)?.TryFindGap(version, out _) == true)
            {
                absorbed.BehaviourList.RemoveAt(absorbed.Heap, i);
            }
        }

        for (var i = absorbed.ValueList.Count - 1; i >= 0; i--)
        {
            if (program.FindBehaviour(absorbed.Values[i].Id)?.TryFindGap(version, out _) == true)
            {
                absorbed.ValueList.RemoveAt(absorbed.Heap, i);
            }
        }

        foreach (var late in program.LateScores)
        {
            if (late.Version == version)
            {
                late.SetPoints(absorbed, default);
            }
        }

        CustomerCodec.Write(absorbed, output);
    }
}
