using Triggers.Engine.Customers;
using Triggers.Engine.Explanations;
using Triggers.Engine.Programs;
using Triggers.Engine.Records;
using Triggers.Runtime.Fills;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>
/// Answers why. Of now by the customer as its loop has it; of the past, and of decisions, by a replay of all of the customer's records up to there, under the
/// programs that were in force.
/// </summary>
internal sealed class ExplanationReader(IStore store, ProgramLibrary library, FactJournal journal)
{
    /// <param name="customer">As of now; a private copy.</param>
    /// <param name="now">ms since 1970.</param>
    public ExplainAnswer Explain(Customer customer, ExplainQuestion question, long now, CancellationToken cancellation)
    {
        if (question.Decision is { } decision)
        {
            return ExplainDecision(customer, decision, cancellation);
        }

        var at = question.At?.ToUnixTimeMilliseconds() ?? now;
        var facts = new FactReplay(library, journal).At(at);
        var asOf = question.At is null ? customer : AsOf(customer, at, cancellation);
        if (asOf is null)
        {
            return Missing(HistoryFrom(customer) is { } from && at < from.ToUnixTimeMilliseconds() ? $"The log does not go back so far: it is kept from {Text(from)} on." : $"The customer was not known yet at {Text(question.At!.Value)}.");
        }

        var explanation = question.Segment is { } segment ? Explainer.Segment(asOf, facts, segment, at) : Explainer.Campaign(asOf, facts, question.Campaign!, at);
        var what = question.Segment is not null ? $"segment '{question.Segment}'" : $"campaign '{question.Campaign}'";
        return explanation is null
            ? Missing(question.At is null ? $"There is no {what}." : $"There was no {what} at {Text(question.At.Value)}.")
            : new ExplainAnswer(ExplanationViews.Of(explanation, customer.Key, isDecision: false, question.At is not null ? HistoryFrom(customer) : FilledFrom(customer, facts.Program, question.Segment, now), NamesOf(facts)), "");
    }

    private static ElementNames NamesOf(Facts facts) => new(facts.Program.Definitions);

    private static ExplainAnswer Missing(string why) => new(null, why);

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private ExplainAnswer ExplainDecision(Customer customer, string text, CancellationToken cancellation)
    {
        if (DecisionToken.Read(text) is not { } token || token.KeyOf(customer) is not { } key
            || Replay(key, record => record.Offset == token.Offset, cancellation) is not (var before, { } record, var facts))
        {
            return Missing($"There is no decision '{text}' about this customer: take it from an item of the timeline.{(HistoryFrom(customer) is { } from ? $" The log is kept from {Text(from)} on; what was decided before can be explained no more." : "")}");
        }

        return Explainer.Decision(before, ViewOf(record), facts, token.Number) is { } explanation
            ? new ExplainAnswer(ExplanationViews.Of(explanation, customer.Key, isDecision: true, HistoryFrom(customer), NamesOf(facts)), "")
            : Missing($"The record of decision '{text}' leads to no such decision, or to one that has nothing to explain.");
    }

    /// <summary>The customer as of an instant; null: not known then. Before a merge, whichever of the keys was known.</summary>
    private Customer? AsOf(Customer customer, long at, CancellationToken cancellation)
    {
        foreach (var key in (string[])[customer.Key, .. customer.AbsorbedKeys])
        {
            if (Replay(new CustomerKey(key), record => record.At > at, cancellation).Customer is { Exists: true, MergedInto: null } known)
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Lives through the records of a key up to one, which is not applied; null: there is no such record.</summary>
    private (Customer Customer, HistoryRecord? End, Facts Facts) Replay(CustomerKey key, Func<HistoryRecord, bool> isEnd, CancellationToken cancellation)
    {
        var facts = new FactReplay(library, journal);
        var customer = new Customer(key.Text, key.Hash());
        using var recorder = new DecisionRecorder();
        foreach (var record in store.History.Read(key))
        {
            cancellation.ThrowIfCancellationRequested();
            var known = facts.At(record.At);
            if (isEnd(record))
            {
                return (customer, record, known);
            }

            recorder.Clear();
            Machine.Apply(customer, ViewOf(record), known, recorder);
        }

        return (customer, null, facts.Current);
    }

    private static RecordView ViewOf(in HistoryRecord record)
    {
        RecordView.Read(record.Bytes.Span, out var view);
        (view.Offset, view.At) = (record.Offset, record.At);
        return view;
    }

    /// <summary>Of now nothing is replayed, but the segment, or something that the campaign asks for, may have been filled from what was left of the log.</summary>
    /// <param name="segment">null: a campaign is explained.</param>
    private DateTimeOffset? FilledFrom(Customer customer, Program program, string? segment, long now)
    {
        if (segment is null)
        {
            return DoneFill.Beginning(store.Settings, program, customer, now);
        }

        return DoneFill.Beginnings(store.Settings, program, now).TryGetValue(segment, out var from) && customer.FirstSeen < from.ToUnixTimeMilliseconds() ? from : null;
    }

    /// <summary>Where the history begins that is left of this customer; null: at its beginning.</summary>
    private DateTimeOffset? HistoryFrom(Customer customer) =>
        HistoryBeginning.Of(store.Settings) is > 0 and var from && customer.FirstSeen < from ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null;
}
