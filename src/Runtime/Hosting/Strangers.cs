using System.Text;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Runtime.Hosting;

/// <summary>The customers of a batch that are not in memory: where a read is a round trip, they are read together before the batch is applied.</summary>
internal static class Strangers
{
    /// <summary>Up to the first fact, each once, in the order of their records; null: none.</summary>
    public static List<CustomerAddress>? Of(CustomerBatch batch, ResidentTable table)
    {
        List<CustomerAddress>? strangers = null;
        HashSet<string>? seen = null;
        var bytes = batch.Bytes.Span;
        for (var index = 0; index < batch.Count; index++)
        {
            bytes = bytes[RecordView.Read(bytes, out var view)..];
            if (view.Kind == RecordKind.Fact)
            {
                break;
            }

            if (!view.Key.IsEmpty && table.Find(view.CustomerHash, view.Key) is null && (seen ??= new(StringComparer.Ordinal)).Add(Encoding.UTF8.GetString(view.Key)))
            {
                (strangers ??= []).Add(new CustomerAddress(view.CustomerHash, view.Key.ToArray()));
            }
        }

        return strangers;
    }
}
