using Microsoft.Extensions.Logging;
using Triggers.Engine.Customers;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Hosting;

/// <summary>The one way in which a host applies a record.</summary>
internal static class RecordApplier
{
    public static void Apply(Customer customer, in RecordView record, Facts facts, IRecordEffects effects, int partition, ILogger log)
    {
        effects.Begin();
        try
        {
            Machine.Apply(customer, record, facts, effects);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A bug in the machine for this record. The same record fails the same way in every replay, so going on keeps the order and the other customers.
            log.ApplyFailed(error, partition, record.Offset, customer.Key);
            RuntimeMetrics.RecordsFailed.Add(1);
        }

        effects.End(record);
    }
}
