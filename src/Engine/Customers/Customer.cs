namespace Triggers.Engine.Customers;

/// <summary>One person under one customer key: everything the machine knows of them.</summary>
public sealed class Customer(string key, ulong hash)
{
    public string Key { get; } = key;

    public ulong Hash { get; } = hash;

    /// <summary>Offset of the last record applied, −1 before the first.</summary>
    public long Offset { get; internal set; } = -1;

    /// <summary>The next instant at which time alone changes something, ms since 1970; <see cref="long.MaxValue"/>: none.</summary>
    public long Due { get; internal set; } = long.MaxValue;
}
