using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments.Keepings;

namespace Triggers.Engine.Programs.Conditions;

/// <summary>
/// Looks for a chain in the instants that are kept of its steps, from the last step back to the first, so that a late event changes what it should. Where
/// the steps share the value of a property, each value that the first step had is looked through by itself.
/// </summary>
internal sealed class ChainSearch
{
    /// <summary>No chain was found.</summary>
    public const long None = long.MinValue;

    private readonly CompiledBehaviour[] _roles;
    private readonly long[] _within;
    private readonly long _absentWithin;
    private readonly int _absent, _without;
    private readonly bool _isSame;

    private ChainSearch(Chain chain, CompiledBehaviour[] roles)
    {
        _roles = roles;
        _within = [.. chain.Happening.Select(step => step.WithinMs == 0 ? long.MaxValue : step.WithinMs)];
        _absent = chain.Absent is null ? -1 : _within.Length;
        _absentWithin = chain.Absent?.WithinMs ?? 0;
        _without = chain.Without is null ? -1 : roles.Length - 1;
        _isSame = chain.SamePath is not null;
        Window = chain.Window;
    }

    public Window Window { get; }

    /// <summary>How many steps happen.</summary>
    public int Length => _within.Length;

    /// <summary>Something must not happen: what was not looked at leaves that open.</summary>
    public bool HasAbsence => _absent >= 0 || _without >= 0;

    public static ChainSearch Of(Chain chain, in Compilation compilation)
    {
        var parts = chain.Parts;
        var roles = new CompiledBehaviour[parts.Count];
        for (var i = 0; i < roles.Length; i++)
        {
            roles[i] = compilation.Behaviour((AggregateExpr)parts[i]);
        }

        return new ChainSearch(chain, roles);
    }

    /// <summary>Part of the window lies before some of it was first looked for; notes when that is over.</summary>
    public bool IsPartial(ref Evaluation evaluation)
    {
        var isPartial = false;
        foreach (var role in _roles)
        {
            var (_, partial, until) = role.See(ref evaluation, Window);
            evaluation.ChangesAt(until);
            isPartial |= partial;
        }

        return isPartial;
    }

    /// <summary>Notes when the first step of a chain leaves the window.</summary>
    public void Leaves(ref Evaluation evaluation, long first)
    {
        if (Window.Kind == WindowKind.Within)
        {
            evaluation.ChangesAt(Instants.After(first, Window.LengthMs));
        }
    }

    /// <summary>Before one or more searches at the same instant.</summary>
    public void Begin(scoped ref Evaluation evaluation)
    {
        if (!_isSame)
        {
            return;
        }

        // Where one of them has more instants than are kept, all are looked at from where it is whole.
        var after = long.MinValue;
        foreach (var role in _roles)
        {
            after = Math.Max(after, EachKeeping.CutAt(evaluation.Customer, role));
        }

        var scratch = Workspace.Current.Chain;
        for (var role = 0; role < _roles.Length; role++)
        {
            scratch.Gather(role, _roles[role].Look(ref evaluation, Window), after);
        }
    }

    /// <summary>When the latest chain of so many steps began; of all of them, with what must not follow.</summary>
    public long FindLatest(scoped ref Evaluation evaluation, int length)
    {
        if (!_isSame)
        {
            return Search(ref evaluation, length);
        }

        var (latest, scratch) = (None, Workspace.Current.Chain);
        scratch.Rewind();
        while (scratch.TryNextKey(out var key))
        {
            for (var role = 0; role < _roles.Length; role++)
            {
                scratch.Select(role, key, withNoValue: role == _absent || role == _without);
            }

            latest = Math.Max(latest, Search(ref evaluation, length));
        }

        return latest;
    }

    private long Search(scoped ref Evaluation evaluation, int length)
    {
        var places = 1;
        for (var step = 0; step < length; step++)
        {
            places = Math.Max(places, Times(ref evaluation, step).Length);
        }

        var scratch = Workspace.Current.Chain;
        var (found, next) = (scratch.Found(places), scratch.Next(places));
        var count = FindLast(ref evaluation, length, found);
        for (var step = length - 2; step >= 0 && count > 0; step--)
        {
            count = FindBefore(ref evaluation, step, found.AsSpan(0, count), next);
            (found, next) = (next, found);
        }

        return count > 0 ? found[count - 1] : None;
    }

    private ReadOnlySpan<long> Times(scoped ref Evaluation evaluation, int role) =>
        _isSame ? Workspace.Current.Chain.Times(role) : _roles[role].Look(ref evaluation, Window).Times;

    /// <summary>Instants of the last step that nothing followed which should not, with their time over; notes when the next one's is.</summary>
    private int FindLast(scoped ref Evaluation evaluation, int length, Span<long> found)
    {
        var times = Times(ref evaluation, length - 1);
        if (_absent < 0 || length < Length)
        {
            times.CopyTo(found);
            return times.Length;
        }

        var closing = Times(ref evaluation, _absent);
        var (count, at) = (0, 0);
        foreach (var time in times)
        {
            while (at < closing.Length && closing[at] <= time)
            {
                at++;
            }

            if (at < closing.Length && closing[at] - time <= _absentWithin)
            {
                continue;
            }

            var deadline = Instants.After(time, _absentWithin);
            if (deadline <= evaluation.Now)
            {
                found[count++] = time;
            }
            else
            {
                evaluation.ChangesAt(deadline);
            }
        }

        return count;
    }

    /// <summary>Instants of a step that are followed, soon enough and with nothing between that should not be, by one of the next step: the first is the best.</summary>
    private int FindBefore(scoped ref Evaluation evaluation, int step, ReadOnlySpan<long> following, Span<long> found)
    {
        var between = _without < 0 ? default : Times(ref evaluation, _without);
        var (count, at, next) = (0, 0, 0);
        foreach (var time in Times(ref evaluation, step))
        {
            while (at < following.Length && following[at] <= time)
            {
                at++;
            }

            while (next < between.Length && between[next] <= time)
            {
                next++;
            }

            if (at < following.Length && following[at] - time <= _within[step + 1] && (next == between.Length || between[next] >= following[at]))
            {
                found[count++] = time;
            }
        }

        return count;
    }
}
