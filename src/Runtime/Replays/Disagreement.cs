namespace Triggers.Runtime.Replays;

/// <summary>A record whose replay led to other effects than those that were committed. What was sent stays sent.</summary>
/// <param name="At">When the record was appended.</param>
/// <param name="Customer">The customer key.</param>
/// <param name="Record">What it is, such as <c>event Order Completed</c>.</param>
/// <param name="Difference">As much as can be told: messages decided then and not now or the other way, and the effects of the replay.</param>
public sealed record Disagreement(int Partition, long Offset, DateTimeOffset At, string Customer, string Record, string Difference);
