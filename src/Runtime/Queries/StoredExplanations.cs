using System.Text;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;
using Triggers.Runtime.Programs;
using Triggers.Storage;

namespace Triggers.Runtime.Queries;

/// <summary>Answers why from a store that no server runs on: customers are their stored states and the records behind them. Writes nothing.</summary>
public sealed class StoredExplanations
{
    private readonly IStore _store;
    private readonly FactJournal _journal;
    private readonly ProgramLibrary _library;

    public StoredExplanations(IStore store)
    {
        _store = store;
        _journal = new FactJournal(store.Settings);
        _library = new ProgramLibrary(store.Definitions, _journal);
    }

    /// <summary>As <see cref="IQueries.ExplainAsync"/>.</summary>
    /// <param name="now">ms since 1970.</param>
    public ExplainAnswer? Explain(string id, ExplainQuestion question, long now, CancellationToken cancellation) =>
        Find(id) is { } customer ? new ExplanationReader(_store, _library, _journal).Explain(customer, question, now, cancellation) : null;

    /// <summary>By id or key, as of the last record; null: there is none.</summary>
    internal Customer? Find(string id)
    {
        foreach (var first in CustomerReader.KeysOf(id))
        {
            var customer = Read(first);
            for (var merges = 0; merges < CustomerReader.MergesMax && customer.MergedInto is { Length: > 0 } absorber; merges++)
            {
                customer = Read(new CustomerKey(absorber));
            }

            if (customer.Exists)
            {
                return customer;
            }
        }

        return null;
    }

    private Customer Read(CustomerKey key)
    {
        var hash = key.Hash();
        var customer = _store.Customers.TryLoad(CustomerKey.PartitionOf(hash, _store.Log.Partitions), hash, Encoding.UTF8.GetBytes(key.Text), out var state) ? CustomerCodec.Read(state.Span) : new Customer(key.Text, hash);
        var facts = new FactReplay(_library, _journal);
        using var recorder = new DecisionRecorder();
        foreach (var record in _store.History.Read(key).Where(record => record.Offset > customer.Offset))
        {
            RecordView.Read(record.Bytes.Span, out var view);
            (view.Offset, view.At) = (record.Offset, record.At);
            recorder.Clear();
            Machine.Apply(customer, in view, facts.At(record.At), recorder);
        }

        return customer;
    }
}
