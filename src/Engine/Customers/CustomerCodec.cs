using Triggers.Engine.Records;

namespace Triggers.Engine.Customers;

/// <summary>A customer as bytes: snapshots and take-overs. Keyed by stable ids of definition elements. Format: docs/formats/customer.md.</summary>
public static class CustomerCodec
{
    /// <summary>Appends the state; it begins with the length-prefixed UTF-8 customer key.</summary>
    public static void Write(Customer customer, ByteWriter writer) => throw new NotSupportedException();

    public static Customer Read(ReadOnlySpan<byte> state) => throw new NotSupportedException();
}
