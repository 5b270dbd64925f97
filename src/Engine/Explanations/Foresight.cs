using Triggers.Engine.Customers;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;

namespace Triggers.Engine.Explanations;

/// <summary>Finds the second at which time alone turns each reason: lets a copy of the customer live on, through the instants at which anything may change.</summary>
internal static class Foresight
{
    /// <param name="customer">A copy that nobody else uses: it is advanced.</param>
    /// <param name="now">When the reasons were tested.</param>
    /// <param name="since">What <c>since entry</c> means.</param>
    public static void Find(Customer customer, Facts facts, IEnumerable<ReasonNode> reasons, long now, long since)
    {
        ReasonNode[] roots = [.. reasons];
        ReasonNode[] nodes = [.. roots.SelectMany(All)];
        var truths = nodes.Select(node => node.Truth).ToArray();
        using var nothing = new NoEffects();
        var due = Test(customer, facts, roots, now, since);
        for (var steps = 0; steps < Limits.ForesightStepsMax; steps++)
        {
            var next = Math.Min(customer.Due, due);
            if (next >= Limits.ForesightMsMax || nodes.All(node => node.ChangesAt != Instants.Never))
            {
                break;
            }

            Advance(customer, facts, next, nothing);
            due = Test(customer, facts, roots, next, since);
            for (var i = 0; i < nodes.Length; i++)
            {
                if (nodes[i].Truth != truths[i] && nodes[i].ChangesAt == Instants.Never)
                {
                    nodes[i].Changing(next, nodes[i].Truth);
                }
            }
        }

        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i].Truth = truths[i];
        }
    }

    /// <summary>Lives through every due instant up to one.</summary>
    public static void Advance(Customer customer, Facts facts, long instant, IEffects effects)
    {
        var timer = new RecordView { Kind = RecordKind.Timer, Offset = customer.Offset, At = instant, CustomerHash = customer.Hash, Key = customer.KeyUtf8 };
        Machine.Apply(customer, in timer, facts, effects);
    }

    private static long Test(Customer customer, Facts facts, ReasonNode[] roots, long now, long since)
    {
        var due = Instants.Never;
        var evaluation = new Evaluation { Customer = customer, Program = facts.Program, Properties = [], Text = Workspace.Current.Text, Now = now, Since = since };
        foreach (var root in roots)
        {
            due = Math.Min(due, ConditionTree.Test(root, ref evaluation));
        }

        return due;
    }

    private static IEnumerable<ReasonNode> All(ReasonNode node) => node.Parts.SelectMany(All).Prepend(node);
}

/// <summary>Lets every effect go.</summary>
internal sealed class NoEffects : IEffects, IDisposable
{
    private readonly RecordBatch _scratch = new();

    public RecordBatch Records
    {
        get
        {
            _scratch.Clear();
            return _scratch;
        }
    }

    public void Count(Counter counter, long delta)
    {
    }

    public void Send(MessageDecision message)
    {
    }

    public void CancelUnsent(string customerKey, string? campaign, string? channel, string reason)
    {
    }

    public void Index(string customerKey, string? email, string? name)
    {
    }

    public void Decide(ReadOnlySpan<byte> customerKey, DecisionKind kind, long at, string subject, string detail)
    {
    }

    public void Dispose() => _scratch.Dispose();
}
