namespace Triggers.Engine;

/// <summary>Bounds of one customer's state. What happens at a bound is said with it.</summary>
public static partial class Limits
{
    /// <summary>Message ids remembered for de-duplication, 24 h long. SDK retries come within minutes; a customer beyond this is a robot. The oldest are forgotten.</summary>
    public const int DedupeIdsMax = 4_096;

    /// <summary>How long (on <c>at</c>) a message id is remembered: clients keep what they could not send for up to 12 h.</summary>
    public const long DedupeMs = 86_400_000;

    /// <summary>Instants kept exactly per customer and behaviour, at least. Beyond, with every 64th event, older ones are joined to buckets of at most 1/1000 of the window that they are in.</summary>
    public const int ExactInstantsMax = 256;

    /// <summary>Values that <c>distinct</c> tells apart per customer and behaviour. Beyond, the one seen longest ago is forgotten, so the count stays here.</summary>
    public const int DistinctValuesMax = 256;

    /// <summary>Values that <c>most frequent</c> counts per customer and behaviour: more than a shop has categories. Beyond, the one seen longest ago is forgotten.</summary>
    public const int FrequentValuesMax = 64;

    /// <summary>Bytes of a text that <c>first</c>, <c>last</c> and <c>most frequent</c> keep. Longer ones are none of their values: names, codes and sources are a tenth of it.</summary>
    public const int KeptTextBytesMax = 256;

    /// <summary>Days that <c>count days</c> keeps per customer and behaviour: every day of ten years and more. Beyond, the oldest is only counted.</summary>
    public const int DaysKeptMax = 4_000;

    /// <summary>Buckets are at most the window divided by this.</summary>
    public const int BucketsPerWindow = 1_000;

    /// <summary>How far back <c>since entry</c> looks: no journey is longer, and instants cannot be kept for ever.</summary>
    public const long SinceEntryMsMax = 400L * 86_400_000L;

    /// <summary>Bytes of a customer's traits: more is a document, and every event would carry it through memory. A value that no longer fits, in the order of the call, is left out, and the former one stays.</summary>
    public const int TraitBytesMax = 32 * 1024;

    /// <summary>Different event names counted per customer; more are counted together under <c>(other)</c>.</summary>
    public const int EventNamesMax = 64;

    /// <summary>Other keys known per customer (devices, aliases). The oldest is forgotten: its next event links again, which changes nothing.</summary>
    public const int LinkedKeysMax = 64;

    /// <summary>Of <see cref="LinkedKeysMax"/> those that a rule of identity.yaml stopped. The oldest is forgotten first: its next event is stopped again.</summary>
    public const int RefusedKeysMax = 16;

    /// <summary>Merges of a customer whose instants are remembered, and so the most that a rule can allow within a time. 4 bytes each.</summary>
    public const int MergeInstantsMax = 256;

    /// <summary>Messages remembered per customer, so that outcomes find their campaign and count once, and caps can be counted. Done ones are forgotten first; what comes of a forgotten one is kept with it in the store and not counted.</summary>
    public const int RecentMessagesMax = 256;

    /// <summary>How long a message waits for an address: SDKs send each call in a request of its own, so an event can overtake the identify before it.</summary>
    public const long AddressWaitMs = 10_000;

    /// <summary>Worth of one conversion in minor units: more is no order, and few of them would take the total past 2^63. The conversion then counts without revenue.</summary>
    public const long WorthMax = 100_000_000_000_000;

    /// <summary>Bytes of the triggering event's properties kept with an entry for its templates. A longer body is left out.</summary>
    public const int EntryEventBytesMax = 8 * 1024;

    /// <summary>Bytes of the JSON that a template sees. Beyond, the event's properties are left out, then the traits.</summary>
    public const int MessageDataBytesMax = 64 * 1024;

    /// <summary>Versions of one campaign that entries may still run. An entry of an older one is exited: a journey that outlived so many edits is not what anybody wants sent.</summary>
    public const int CampaignVersionsMax = 16;

    /// <summary>Days and rules for which points are counted against a cap per day. Beyond, an event of a day that is no longer kept earns nothing.</summary>
    public const int CappedDaysMax = 64;

    /// <summary>Channels a customer can opt out of: more than there are.</summary>
    public const int OptedOutChannelsMax = 32;

    /// <summary>Different skip reasons counted per campaign; more are counted as <c>other</c>. Reasons are ours, so this is a guard only.</summary>
    public const int SkipReasonsMax = 64;

    /// <summary>Currencies counted per campaign: ISO 4217 has fewer. More are not counted as revenue.</summary>
    public const int CurrenciesMax = 256;

    /// <summary>Instants at which an explanation looks again for what time alone will change. Most have a handful; what changes every second, as an exact value of a decaying score does, is not followed further.</summary>
    public const int ForesightStepsMax = 256;

    /// <summary>The beginning of the year 9999, ms since 1970: what an explanation does not look beyond, since the calendar ends with that year.</summary>
    public const long ForesightMsMax = 253_370_764_800_000;
}
