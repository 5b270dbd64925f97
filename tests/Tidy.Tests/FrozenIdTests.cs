using Triggers.Engine.Customers;
using Triggers.Engine.Expressions;
using Triggers.Engine.Records;
using Triggers.Storage;

namespace Triggers.Tidy.Tests;

/// <summary>Numbers and texts that stand in logs and stores: a change here makes existing data unreadable. Append only.</summary>
public sealed class FrozenIdTests
{
    public static TheoryData<Type, string> Frozen => new()
    {
        { typeof(RecordKind), "Event=1 Timer=2 Outcome=3 Link=4 TakeOver=5 Fact=6 Command=7 Fill=8 Group=9 Predicted=12" },
        { typeof(RecordFlags), "None=0 Historical=1 Forwarded=2 GeneratedId=4" },
        { typeof(EventType), "Track=1 Page=2 Screen=3 Identify=4 Group=5 Alias=6" },
        { typeof(GroupKind), "Joined=1 Changed=2 Left=3 Told=4 Gone=5" },
        { typeof(OutcomeKind), "Sent=1 Skipped=2 Failed=3 Bounced=4 Opened=5 Clicked=6 Unsubscribed=7 Complained=8 Replied=9" },
        { typeof(FactKind), "ProgramActivated=1 CampaignPaused=2 CampaignResumed=3 Measured=4" },
        { typeof(CommandKind), "Suppress=1 Unsuppress=2 Unsubscribe=3 Resubscribe=4 Erase=5 Merge=6 Split=7 JoinList=8 LeaveList=9 Disown=10 Disowned=11" },
        { typeof(MergeRule), "None=0 Never=1 DevicesRecently=2 DevicesEver=3 PeopleNever=4 PeopleEver=5" },
        { typeof(AggregateKind), "Count=1 Did=2 Sum=3 Days=4 Average=5 Min=6 Max=7 Distinct=8 SinceFirst=9 SinceLast=10 First=11 Last=12" },
        { typeof(MessageStatus), "Queued=1 Sent=2 Skipped=3 Failed=4" },
    };

    [Theory]
    [MemberData(nameof(Frozen))]
    public void Persisted_values_keep_their_meaning(Type type, string expected)
    {
        var actual = string.Join(' ', Enum.GetValues(type).Cast<object>().Select(value => $"{value}={Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)}"));

        Assert.StartsWith(expected, actual, StringComparison.Ordinal);
    }
}
