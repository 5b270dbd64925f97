using Triggers.Engine.Campaigns;
using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Engine.Programs;
using Triggers.Engine.Programs.Conditions;
using Triggers.Engine.Records;
using Triggers.Engine.Scoring;
using Triggers.Engine.Text;

namespace Triggers.Engine.Customers;

/// <summary>Campaigns: who enters, what each step does, and how a run ends.</summary>
internal ref partial struct Turn
{
    /// <summary>Tries every triggered campaign, in the order of their triggers.</summary>
    private void EnterTriggered()
    {
        for (var i = 0; i < _work.Triggered.Count; i++)
        {
            var campaign = _program.Campaigns[_work.Triggered[i]];
            if (campaign.Definition.Status is CampaignStatus.Draft or CampaignStatus.Archived || (_isCatchingUp && campaign.LooksSince > _customer.ProgramVersion) || (_hasEvent && campaign.Where is not null && !campaign.Where.Holds(ref _evaluation)))
            {
                continue;
            }

            var reason = WhyNot(campaign);
            if (reason.Length > 0)
            {
                Tell(DecisionKind.CampaignNotEntered, campaign.Id, reason);
            }
            else
            {
                Enter(campaign);
            }
        }

        _work.Triggered.Clear();
    }

    private string WhyNot(CompiledCampaign campaign)
    {
        if (IsPaused(campaign))
        {
            return "campaign paused";
        }

        if (_hasEvent && _at - _occurredAt > campaign.Definition.MaxEventAgeMs)
        {
            return "event too old";
        }

        var index = _customer.FindEntry(campaign.Key);
        if (index >= 0)
        {
            ref readonly var last = ref _customer.Entries[index];
            if (last.Status == EntryStatus.Active)
            {
                return "already inside";
            }

            if (campaign.Definition.Reentry.EveryMs is not { } every)
            {
                return "entered before";
            }

            if (_instant - last.EnteredAt < every)
            {
                return "entered too recently";
            }
        }

        _evaluation.Since = Instants.Never;
        return campaign.Audience is null || campaign.Audience.Holds(ref _evaluation) ? "" : "not in the audience";
    }

    private readonly bool IsPaused(CompiledCampaign campaign) => campaign.Definition.Status != CampaignStatus.Live || _facts.PausedCampaigns.Contains(campaign.Id);

    private void Enter(CompiledCampaign campaign)
    {
        // Told before anything is changed: an explanation sees what led to it.
        Tell(DecisionKind.CampaignEntered, campaign.Id);
        var last = _customer.FindEntry(campaign.Key);
        var number = last < 0 ? 1 : _customer.Entries[last].Number + 1;
        Span<byte> seed = stackalloc byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(seed, _customer.Hash);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(seed[8..], campaign.Key);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(seed[16..], number);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(seed[24..], _instant);
        var entry = new EntryState
        {
            Campaign = campaign.Key,
            Version = campaign.Version,
            Number = number,
            Status = EntryStatus.Active,
            EnteredAt = _instant,
            Since = _occurredAt,
            Until = Instants.Never,
            ExitDue = Instants.Never,
            Seed = Hash64.Of(seed, Hash64.Of(_customer.KeyUtf8)),
        };
        if (_hasEvent)
        {
            entry.EventName.Set(_customer.Heap, EventName());
            entry.EventBody.Set(_customer.Heap, _record.Body.Length <= Limits.EntryEventBytesMax ? _record.Body : default);
        }

        var index = _customer.PutEntry(in entry);
        Count(campaign.Counters.Entered, 1);
        Count(campaign.Counters.Active, 1);
        if (!TestExit(index))
        {
            Go(index, campaign, campaign.First);
        }
    }

    /// <summary>Goes through steps from one on, until one waits or the run ends.</summary>
    /// <param name="resumes">The first of them was reached before and waited for an address.</param>
    private void Go(int index, CompiledCampaign campaign, int step, bool resumes = false)
    {
        for (; step >= 0; resumes = false)
        {
            var instruction = campaign.Instructions[step];
            Count(instruction.Counters.Reached, resumes ? 0 : 1);
            ref var entry = ref _customer.Entries[index];
            switch (instruction)
            {
                case SendInstruction send when IsQuiet(campaign, send, out var over):
                    (entry.Step, entry.Until) = (send.StepKey, over);
                    return;
                case SendInstruction send when !resumes && LacksOnlyAddress(campaign, send):
                    (entry.Step, entry.Until) = (send.StepKey, Math.Max(Instants.After(_instant, Limits.AddressWaitMs), _evaluation.Now + 1000));
                    return;
                case SendInstruction send:
                    DecideMessage(in entry, campaign, send);
                    step = send.Next;
                    break;
                case WaitInstruction wait:
                    var end = Instants.After(_instant, wait.DurationMs);
                    if (end > _evaluation.Now && wait.DurationMs > 0)
                    {
                        (entry.Step, entry.Until) = (wait.StepKey, end);
                        return;
                    }

                    step = wait.Next;
                    break;
                case WaitUntilInstruction until:
                    (entry.Step, entry.Until) = (until.StepKey, Math.Max(Instants.After(_instant, until.ForMs), _evaluation.Now + 1000));
                    return;
                case BranchInstruction branch:
                    step = Choose(campaign, branch, entry.Since);
                    break;
                case ExitInstruction:
                    End(index, campaign, EntryStatus.Exited, "exit step");
                    return;
            }
        }

        End(index, campaign, EntryStatus.Completed, "");
    }

    private int Choose(CompiledCampaign campaign, BranchInstruction branch, long since)
    {
        _evaluation.Since = since;
        var number = 0;
        while (number < branch.Cases.Length && !branch.Cases[number].When.Holds(ref _evaluation))
        {
            number++;
        }

        var isOtherwise = number == branch.Cases.Length;
        if (!_isSilent)
        {
            _effects.Branch(_customer.KeyUtf8, _instant, campaign.Id, branch.StepId, isOtherwise ? 0 : number + 1);
        }

        return isOtherwise ? branch.Otherwise : branch.Cases[number].Then;
    }

    private readonly void End(int index, CompiledCampaign? campaign, EntryStatus status, string reason)
    {
        ref var entry = ref _customer.Entries[index];
        entry.Status = status;
        entry.EndedAt = _instant;
        entry.Until = entry.ExitDue = Instants.Never;
        entry.Step = entry.Seed = 0;
        entry.FreeEvent(_customer.Heap);
        if ((campaign?.Counters ?? _program.Family(entry.Campaign)?.Counters) is { } counters)
        {
            Count(counters.Active, -1);
            Count(status == EntryStatus.Completed ? counters.Completed : counters.Exited, 1);
            Tell(status == EntryStatus.Completed ? DecisionKind.CampaignCompleted : DecisionKind.CampaignExited, counters.Id, reason);
        }
    }

    /// <summary>Tests the exit condition of every running entry: something that it reads may have changed.</summary>
    private void TestExits()
    {
        var entries = _customer.Entries;
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i].Status == EntryStatus.Active)
            {
                TestExit(i);
            }
        }
    }

    /// <summary>true: the entry has ended.</summary>
    private bool TestExit(int index)
    {
        ref var entry = ref _customer.Entries[index];
        if (Version(in entry) is not { } campaign)
        {
            End(index, null, EntryStatus.Exited, _program.Family(entry.Campaign)?.Current is null ? "campaign taken out" : "campaign archived");
            return true;
        }

        if (campaign.Exit is null)
        {
            return false;
        }

        _evaluation.Since = entry.Since;
        _evaluation.Until = Instants.Never;
        var holds = campaign.Exit.Holds(ref _evaluation);
        entry.ExitDue = _evaluation.Until;
        if (holds)
        {
            End(index, campaign, EntryStatus.Exited, "exit condition");
        }

        return holds;
    }

    /// <summary>The version an entry runs; null: the campaign, or that version of it, is gone or archived.</summary>
    private readonly CompiledCampaign? Version(in EntryState entry) =>
        _program.Family(entry.Campaign) is { Current.Definition.Status: not CampaignStatus.Archived } family ? family.Find(entry.Version) : null;

    private void EndWaits(long due)
    {
        for (var i = 0; i < _customer.EntryList.Count; i++)
        {
            ref var entry = ref _customer.Entries[i];
            if (entry.Status != EntryStatus.Active || entry.Until > due)
            {
                continue;
            }

            entry.Until = Instants.Never;
            var campaign = Version(in entry)!;
            var at = campaign.Find(entry.Step);
            switch (at < 0 ? null : campaign.Instructions[at])
            {
                case null:
                    Go(i, campaign, Instruction.Completed);
                    break;
                case SendInstruction:
                    Go(i, campaign, at, resumes: true);
                    break;
                case WaitUntilInstruction until:
                    Go(i, campaign, until.Otherwise);
                    break;
                case { } wait:
                    Go(i, campaign, wait.Next);
                    break;
            }
        }
    }

    /// <summary>Lets entries go on whose message waited for an address that is known now. History does not: what it brings is there when the wait ends.</summary>
    private void MeetAddress()
    {
        for (var i = 0; i < _customer.EntryList.Count && !_isSilent; i++)
        {
            ref var entry = ref _customer.Entries[i];
            if (entry.Status == EntryStatus.Active && Version(in entry) is { } campaign && campaign.Find(entry.Step) is >= 0 and var at
                && campaign.Instructions[at] is SendInstruction send && Address(send).Length > 0)
            {
                entry.Until = Instants.Never;
                Go(i, campaign, at, resumes: true);
            }
        }
    }

    /// <summary>Lets entries go on that wait for this event.</summary>
    private void MeetAwaited(EventPlan plan)
    {
        if (!plan.IsAwaited)
        {
            return;
        }

        for (var i = 0; i < _customer.EntryList.Count; i++)
        {
            ref var entry = ref _customer.Entries[i];
            if (entry.Status != EntryStatus.Active || Version(in entry) is not { } campaign)
            {
                continue;
            }

            var at = campaign.Find(entry.Step);
            if (at < 0 || campaign.Instructions[at] is not WaitUntilInstruction until || !ReferenceEquals(until.Plan, plan) || _occurredAt <= entry.Since)
            {
                continue;
            }

            _evaluation.Since = entry.Since;
            if (until.Where is null || until.Where.Holds(ref _evaluation))
            {
                entry.Until = Instants.Never;
                Go(i, campaign, until.Then);
            }
        }
    }

    /// <summary>Counts the goals that this event reaches: once an entry, whether or not the customer is still inside.</summary>
    private void Convert(EventPlan plan)
    {
        for (var i = 0; i < _customer.EntryList.Count && !_isSilent; i++)
        {
            ref var entry = ref _customer.Entries[i];
            if (entry.IsConverted || Version(in entry) is not { Goal: { } goal } campaign || !ReferenceEquals(goal.Plan, plan)
                || _occurredAt <= entry.Since || _occurredAt - entry.Since > goal.WithinMs)
            {
                continue;
            }

            _evaluation.Since = entry.Since;
            if (goal.Where is not null && !goal.Where.Holds(ref _evaluation))
            {
                continue;
            }

            entry.IsConverted = true;
            Count(campaign.Counters.Converted, 1);
            var detail = "";
            if (goal.ValueSlot >= 0)
            {
                var currency = CurrencyOf(goal);
                if (TryNumber(goal.ValueSlot, Currency.Decimals(currency), out var worth) && Math.Abs(worth) <= Limits.WorthMax
                    && campaign.Counters.Revenue(currency) is { } revenue)
                {
                    Count(revenue, worth);
                    detail = Currency.Format(worth, currency);
                }
            }

            Tell(DecisionKind.Converted, campaign.Id, detail);
        }
    }

    private readonly string CurrencyOf(CompiledGoal goal)
    {
        ref readonly var found = ref _work.Properties[goal.CurrencySlot];
        return found.Type == Expressions.ValueType.Text && Currency.TryRead(found.Bytes(_record.Body, _work.Text), out var code)
            ? code
            : _program.SourceCurrencies.GetValueOrDefault(Hash64.Of(_record.Source), "USD");
    }
}
