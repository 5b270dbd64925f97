using System.Text;
using Triggers.Engine.Campaigns;
using Triggers.Engine.Expressions;
using Triggers.Engine.Expressions.Functions;
using Triggers.Engine.Groups;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Segments;

namespace Triggers.Engine.Customers;

/// <summary>What others may see of a customer. Texts of definitions come from the program, since state holds only their hashes.</summary>
public sealed partial class Customer
{
    /// <summary>A person seen by at least one event and not merged away: one of <c>customers/total</c>.</summary>
    public bool Exists { get; internal set; }

    /// <summary>Nothing is known and nothing is to be forwarded: the stored state may be removed.</summary>
    public bool IsEmpty => !Exists && MergedInto is null && !IsSuppressed && OptedOutChannels.Length == 0 && Links.Count == 0 && MessageList.Count == 0 && Group is null && ValueList.Count == 0;

    public bool IsAnonymous => KeyUtf8.StartsWith("a:"u8);

    /// <summary>The key that absorbed this customer and that its events go on to; null: none.</summary>
    public string? MergedInto { get; internal set; }

    /// <summary>UTF-8 JSON object of traits.</summary>
    public ReadOnlyMemory<byte> TraitsJson => (TraitsUtf8.IsEmpty ? "{}"u8 : TraitsUtf8).ToArray();

    /// <summary>The computed traits at an instant, in the order of their definitions.</summary>
    public IReadOnlyList<ComputedTrait> ComputedTraitsAt(Program program, long instant) =>
        [.. program.ComputedTraits.Select(trait => ComputedTraits.Of(this, program, trait, instant))];

    /// <summary>What the customer bought; null: nothing, or nothing says what an order is.</summary>
    /// <param name="now">ms since 1970.</param>
    public Purchases? PurchasesIn(Program program, long now) => program.Orders?.Of(this, program, now);

    /// <summary>As <see cref="TraitsJson"/>, with the computed traits at an instant among them: what templates see.</summary>
    public ReadOnlyMemory<byte> AllTraitsJson(Program program, long instant) =>
        ComputedTraits.MergeInto(this, program, instant) is { IsEmpty: false } traits ? traits.ToArray() : "{}"u8.ToArray();

    /// <summary>The customer's groups, the latest first: that one is the group that conditions ask for.</summary>
    public IReadOnlyList<GroupMembership> Groups => [.. GroupList.Of(this).Items.Select(item => new GroupMembership(Encoding.UTF8.GetString(item.Id), item.At))];

    /// <summary>The latest group as templates see it; empty: none.</summary>
    public ReadOnlyMemory<byte> TemplateGroupJson => GroupList.TemplateJsonOf(this);

    /// <summary>UTF-8 JSON object of the latest group's traits, as the group told them.</summary>
    public ReadOnlyMemory<byte> GroupTraitsJson => (GroupList.TraitsOf(this) is { IsEmpty: false } traits ? traits : "{}"u8).ToArray();

    /// <summary>What stands under a group's key; null: a customer does, or nobody.</summary>
    public GroupProfile? AsGroup()
    {
        if (Group is not { } group)
        {
            return null;
        }

        var members = new List<string>(group.Members.Count);
        foreach (ref readonly var member in group.Members.Items(Heap))
        {
            members.Add(group.Members.Text(Heap, in member));
        }

        return new GroupProfile(Encoding.UTF8.GetString(KeyUtf8[2..]), (group.Traits.Json is { IsEmpty: false } json ? json : "{}"u8).ToArray(), group.Revision, members);
    }

    internal ReadOnlySpan<byte> TraitsUtf8 => Traits.Json(Heap);

    /// <summary>Events applied, de-duplicated; those of absorbed customers included.</summary>
    public long EventTotal => Events;

    /// <summary>ms since 1970, by <c>occurredAt</c>; null before the first event.</summary>
    public long? FirstSeen => Life.IsEmpty ? null : Life.FirstSeen;

    public long? LastSeen => Life.IsEmpty ? null : Life.LastSeen;

    /// <summary>The stage's name, as in expressions; empty before the first event.</summary>
    public string LifecycleIn(Program program) => program.Stages.NameOf(Stage);

    public long LifecycleSince => StageSinceMs;

    /// <summary>No message of any channel goes to this customer.</summary>
    public bool IsSuppressed { get; internal set; }

    public IReadOnlyList<string> OptedOut => OptedOutChannels;

    /// <summary>Ids of devices whose anonymous customers were absorbed, newest last.</summary>
    public IReadOnlyList<string> AnonymousIds => [.. AbsorbedKeys.Where(key => key.StartsWith("a:", StringComparison.Ordinal)).Select(key => key[2..])];

    /// <summary>Keys of every customer absorbed, newest last.</summary>
    public IReadOnlyList<string> AbsorbedKeys => KeysWith(LinkAbsorbed);

    /// <summary>Keys that were asked for and have not come (yet): held by somebody else, cut off, or not seen.</summary>
    public IReadOnlyList<string> AskedKeys => KeysWith(LinkAsked);

    /// <summary>Keys that were cut off by hand. Of an anonymous customer: who held it before.</summary>
    public IReadOnlyList<string> SplitKeys => KeysWith(LinkSplit);

    /// <summary>The latest keys that a rule stopped, newest last.</summary>
    public IReadOnlyList<KeyValuePair<string, MergeRule>> RefusedKeys
    {
        get
        {
            var keys = new List<KeyValuePair<string, MergeRule>>();
            foreach (ref readonly var item in Links.Items(Heap))
            {
                if (item.Value >= LinkRefused)
                {
                    keys.Add(new(Links.Text(Heap, in item), (MergeRule)(item.Value - LinkRefused)));
                }
            }

            return keys;
        }
    }

    private List<string> KeysWith(long link)
    {
        var keys = new List<string>();
        foreach (ref readonly var item in Links.Items(Heap))
        {
            if (item.Value == link)
            {
                keys.Add(Links.Text(Heap, in item));
            }
        }

        return keys;
    }

    /// <summary>How often each event name occurred, most frequent first.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> EventCounts
    {
        get
        {
            var counts = new List<KeyValuePair<string, long>>();
            foreach (ref readonly var item in EventNames.Items(Heap))
            {
                counts.Add(new(EventNames.Text(Heap, in item), item.Value));
            }

            return [.. counts.OrderByDescending(item => item.Value).ThenBy(item => item.Key, StringComparer.Ordinal)];
        }
    }

    /// <summary>The engagement score at an instant (ms since 1970).</summary>
    public double ScoreAt(long instant) => Points.ValueAt(instant);

    /// <summary>As it would be if nothing but its half-life changed with a program.</summary>
    public double ScoreAt(long instant, Program program) =>
        Points.Rebase(Instants.Floor(Math.Min(program.ActivatedAt, instant)), program.Definitions.Scoring.HalfLifeMs).ValueAt(instant);

    /// <summary>Every score at an instant, engagement first, with its grade.</summary>
    public IReadOnlyList<NamedScore> ScoresAt(Program program, long instant)
    {
        var evaluation = new Evaluation { Customer = this, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(instant), Since = Instants.Never, Until = Instants.Never };
        var scores = new List<NamedScore> { Graded(program, "", ScoreFunction.Engagement, "Engagement", ScoreAt(instant), false) };
        foreach (var score in program.Scores)
        {
            var value = new NamedScoreOperand(score).Read(ref evaluation);
            scores.Add(Graded(program, score.Definition.Id, score.Definition.Id, score.Definition.Name, value.Number, value.IsUnknown));
        }

        return scores;
    }

    private NamedScore Graded(Program program, string key, string id, string name, double value, bool isCollecting)
    {
        foreach (var line in program.LinesOf(key))
        {
            var index = FindSegment(Segments, line.Key);
            if (index >= 0 && Segments[index].Truth == Truth.True)
            {
                return new NamedScore(id, name, value, isCollecting, line.Grade.Name);
            }
        }

        return new NamedScore(id, name, value, isCollecting, null);
    }

    /// <summary>A timer would change something: the customer has not seen the program, or stands elsewhere by what is measured over all customers.</summary>
    /// <param name="now">ms since 1970.</param>
    public bool IsBehind(Program program, long now)
    {
        if (Group is not null)
        {
            return false;
        }

        if (ProgramVersion != program.Version)
        {
            return true;
        }

        if (Exists && MergedInto is null && program.MeasuredSegments.Length > 0)
        {
            var evaluation = new Evaluation { Customer = this, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(Math.Max(now, Clock)), Since = Instants.Never, Until = Instants.Never };
            foreach (var index in program.MeasuredSegments)
            {
                var segment = program.Segments[index];
                if (segment.Condition.Test(ref evaluation) != TruthOf(segment.Key) || segment.Watch?.HasMoved(ref evaluation) == true)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Segments the customer is in, in the program's order.</summary>
    public IReadOnlyList<Membership> Memberships(Program program)
    {
        var result = new List<(int Index, Membership Membership)>();
        foreach (ref readonly var state in Segments)
        {
            if (state.Truth == Truth.True && program.SegmentsByKey.TryGetValue(state.Key, out var segment) && segment.IsShown)
            {
                result.Add((segment.Index, new Membership(segment.Id, state.Since)));
            }
        }

        return [.. result.OrderBy(item => item.Index).Select(item => item.Membership)];
    }

    /// <summary>Static lists that the customer is on, by id.</summary>
    public IReadOnlyList<ListMembership> Lists
    {
        get
        {
            var lists = new List<ListMembership>();
            foreach (ref readonly var value in Values)
            {
                if (StaticList.Is(in value, Heap))
                {
                    lists.Add(new ListMembership(StaticList.IdOf(in value, Heap), value.Instant));
                }
            }

            return [.. lists.OrderBy(list => list.Id, StringComparer.Ordinal)];
        }
    }

    public bool IsIn(string segmentId) => TruthOf(Text.Hash64.Of(segmentId)) == Truth.True;

    /// <summary>Whether a segment is still collecting for this customer.</summary>
    public bool IsCollecting(string segmentId) => TruthOf(Text.Hash64.Of(segmentId)) == Truth.Unknown;

    /// <summary>The latest run through each campaign, by campaign id.</summary>
    public IReadOnlyList<CampaignEntry> EntriesIn(Program program)
    {
        var result = new List<CampaignEntry>();
        foreach (ref readonly var entry in Entries)
        {
            if (program.Family(entry.Campaign) is not { } family)
            {
                continue;
            }

            var version = family.Find(entry.Version);
            var at = entry.Status == EntryStatus.Active && version is not null ? version.Find(entry.Step) : -2;
            result.Add(new CampaignEntry(
                family.Id,
                entry.Number,
                entry.Version,
                entry.Status,
                at >= 0 ? version!.Instructions[at].StepId : null,
                entry.EnteredAt,
                entry.Status == EntryStatus.Active ? entry.Until == Instants.Never ? null : entry.Until : entry.EndedAt,
                entry.IsConverted));
        }

        return [.. result.OrderBy(entry => entry.Campaign, StringComparer.Ordinal)];
    }

    /// <summary>What a count, did or sum would see at an instant, for explanations. Only windows that some definition has are kept.</summary>
    public BehaviourValue Look(Program program, AggregateExpr aggregate, long at)
    {
        if (program.FindBehaviour(Lexicon.Identify(aggregate).Id) is not { } behaviour)
        {
            return default;
        }

        var evaluation = new Evaluation { Customer = this, Program = program, Properties = [], Text = Workspace.Current.Text, Now = Instants.Floor(at), Until = Instants.Never };
        var view = behaviour.Look(ref evaluation, aggregate.Window);
        var index = FindBehaviour(Behaviours, behaviour.Id);
        return new BehaviourValue(view.Count(), view.HasValues ? view.Sum() / FixedPoint.SumScale : 0, index >= 0 && Behaviours[index].HasCounts, view.IsPartial);
    }
}

/// <param name="IsCollecting">Some of it is not known yet.</param>
/// <param name="Grade">null: below the lowest line, or the score has no grades.</param>
public sealed record NamedScore(string Id, string Name, double Value, bool IsCollecting, string? Grade);

public readonly record struct Membership(string SegmentId, long Since);

/// <param name="Since">The latest <c>occurredAt</c> of a call that named it, ms since 1970.</param>
public readonly record struct GroupMembership(string Id, long Since);

/// <param name="ChangedAt">When the traits became what they are, ms since 1970; 0: there never were any.</param>
/// <param name="Members">Customer keys, in the order in which they came.</param>
public sealed record GroupProfile(string Id, ReadOnlyMemory<byte> TraitsJson, long ChangedAt, IReadOnlyList<string> Members);

/// <param name="Version">Program version in which the campaign content that it runs came into force.</param>
/// <param name="StepId">Where an active entry waits.</param>
/// <param name="Until">Active: the end of the wait, if any; otherwise when it ended.</param>
public sealed record CampaignEntry(string Campaign, int Number, int Version, EntryStatus Status, string? StepId, long EnteredAt, long? Until, bool IsConverted);

/// <param name="IsApproximate">Older instants have been joined to buckets.</param>
/// <param name="IsCollecting">Part of the window lies before the condition was first looked for.</param>
public readonly record struct BehaviourValue(long Count, double Sum, bool IsApproximate, bool IsCollecting);
