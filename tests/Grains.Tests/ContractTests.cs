#if WITH_ORLEANS
using System.Reflection;
using Triggers.Grains.Customers;

namespace Triggers.Grains.Tests;

/// <summary>Neighbouring versions of the program talk to each other: what goes over the wire keeps its names and numbers. New members get new numbers.</summary>
public sealed class ContractTests
{
    [Fact]
    public void Interfaces_and_messages_keep_their_names_and_numbers()
    {
        var contracts = typeof(ICustomerGrain).Assembly.GetTypes()
            .Where(type => type.Namespace?.StartsWith("Triggers.", StringComparison.Ordinal) == true && type.GetCustomAttribute<AliasAttribute>() is not null)
            .Select(type => $"{type.GetCustomAttribute<AliasAttribute>()!.Alias}: {string.Join(", ", Members(type))}")
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            """
            triggers.answer: 0 IsRefused Boolean, 1 Offset Int64, 2 DueBefore Int64, 3 Due Int64, 4 ProgramVersion Int32, 5 Bytes Int64, 6 Effects ReadOnlyMemory`1
            triggers.call: 0 Stand CustomerStand, 1 At Int64, 2 Offsets Int64[], 3 Records ReadOnlyMemory`1, 4 HasSnapshot Boolean, 5 Snapshot ReadOnlyMemory`1
            triggers.callers-silo: 
            triggers.customer: apply(CustomerCall), leave(Int64), read(CustomerStand)
            triggers.facts: 0 Offset Int64, 1 ProgramVersion Int32, 2 ActivatedAt Int64, 3 PausedCampaigns String[], 4 MeasuresNumber Int64, 5 MeasuredAt Int64, 6 Measures String
            triggers.live-item: 0 At DateTimeOffset, 1 Kind String, 2 Customer String, 3 Subject String, 4 Detail String
            triggers.live-observer: changed(String, LiveShareMessage), left(String)
            triggers.live-share: 0 Version Int64, 1 Names String[], 2 Totals Int64[], 3 EventsPerSecond Double, 4 MessagesPerSecond Double, 5 Queued Int64, 6 LagRecords Int64, 7 SendingPaused Boolean, 8 OldestApplyingAt Int64, 9 Partitions Int32[], 10 Epochs Int64[], 11 Feed LiveItem[]
            triggers.live: lost(Int32, Int64), subscribe(ILiveObserver), unsubscribe(ILiveObserver)
            triggers.partition-away: 
            triggers.partition-placement: 
            triggers.partition-view: 0 ProgramVersion Int32, 1 PausedCampaigns String[], 2 IsLive Boolean, 3 Silo String, 4 Epoch Int64, 5 IsWalking Boolean
            triggers.partition: abandon(), hand-over(), idle(Int64), keep(), read(UInt64, String), scan(Nullable`1, Int32)
            triggers.placement-plan-state: 0 Drained String[], 1 IsHeld Boolean, 2 Rebalancings Int32
            triggers.placement-plan: drain(String), hold(Boolean), read(), rebalance(), undrain(String)
            triggers.silo-placement: 
            triggers.silo: describe(), leaves(String), partitions()
            triggers.stand: 0 Epoch Int64, 1 Last Int64, 2 Floor Int64, 3 Facts FactsNote[]
            triggers.state: 0 IsRefused Boolean, 1 State ReadOnlyMemory`1, 2 IsEmpty Boolean, 3 Due Int64
            """,
            string.Join('\n', contracts));
    }

    private static IEnumerable<string> Members(Type type) => type.IsInterface
        ? type.GetMethods()
            .Select(method => $"{method.GetCustomAttribute<AliasAttribute>()?.Alias}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})")
            .Order(StringComparer.Ordinal)
        : type.GetProperties()
            .Where(property => property.GetCustomAttribute<IdAttribute>() is not null)
            .OrderBy(property => property.GetCustomAttribute<IdAttribute>()!.Id)
            .Select(property => $"{property.GetCustomAttribute<IdAttribute>()!.Id} {property.Name} {property.PropertyType.Name}");
}
#endif
