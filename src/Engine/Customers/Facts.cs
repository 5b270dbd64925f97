using Triggers.Engine.Programs;

namespace Triggers.Engine.Customers;

/// <summary>What no customer can know alone, as of a place in its partition: changed only by fact records.</summary>
/// <param name="PausedCampaigns">Ids paused by hand.</param>
public sealed record Facts(Program Program, IReadOnlySet<string> PausedCampaigns);
