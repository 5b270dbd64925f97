using System.Globalization;
using Triggers.Storage;

namespace Triggers.Runtime.Fills;

/// <summary>
/// How far a fill has come in each partition: moved by the append that brings the fills, so that whoever goes on after a crash brings none twice. A position stands
/// for the customers whose hash, without its two lowest bits, is below it.
/// </summary>
internal static class FillMarks
{
    private const int BitsDropped = 2;

    /// <summary>Behind the last customer.</summary>
    public const long Done = 1L << (64 - BitsDropped);

    public static long PositionOf(ulong customerHash) => (long)(customerHash >> BitsDropped);

    public static string NameOf(int version, int partition) => string.Create(CultureInfo.InvariantCulture, $"fill/{version}/{partition}");

    public static long Read(IStore store, int version, int partition) => store.Imports.NextRow(NameOf(version, partition));

    public static ImportMark Move(int version, int partition, long from, long to) => new(NameOf(version, partition), "fill", from, to);
}
