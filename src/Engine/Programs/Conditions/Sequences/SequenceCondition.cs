namespace Triggers.Engine.Programs.Conditions;

/// <summary>Whether a chain was done; holds until the first step of the latest one leaves the window.</summary>
internal sealed class SequenceCondition(ChainSearch chain) : Condition
{
    public override Truth Test(ref Evaluation evaluation)
    {
        var isPartial = chain.IsPartial(ref evaluation);
        chain.Begin(ref evaluation);
        var latest = chain.FindLatest(ref evaluation, chain.Length);
        if (latest == ChainSearch.None)
        {
            return isPartial ? Truth.Unknown : Truth.False;
        }

        chain.Leaves(ref evaluation, latest);

        // What happened is known, whatever came before we looked; what did not happen is known only of times at which we did.
        return isPartial && chain.HasAbsence ? Truth.Unknown : Truth.True;
    }
}
