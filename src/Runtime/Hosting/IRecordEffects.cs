using Triggers.Engine.Effects;
using Triggers.Engine.Records;

namespace Triggers.Runtime.Hosting;

/// <summary>Effects told apart by the record that they came of, so that each record has a checksum of its own.</summary>
public interface IRecordEffects : IEffects
{
    /// <summary>The machine is about to apply a record.</summary>
    void Begin();

    /// <summary>The record has been applied. Not called for records that nobody applied: those that a customer contains already, and erased ones.</summary>
    void End(in RecordView record);
}
