using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Tests.Definitions;

public sealed class CampaignTests
{
    private const string AbandonedCart = """
        campaign: abandoned-cart
        goal:     { event: Order Completed, value: properties.total, within: 3d }
        trigger:  { event: Product Added }
        audience: exists(traits.email) and not lifecycle = 'dormant'
        reentry:  every 7d
        exit:     did('Order Completed', since entry)
        steps:
          - wait: 45m
          - send: { channel: email, template: welcome }
          - wait until: { event: Order Completed, for: 1d }
            then: [ exit ]
            otherwise:
              - wait: 1d
              - id: nudge
                send: { channel: email, template: welcome, to: traits.work.email }
          - branch:
              - when: segment('big-spender')
                then: [ { send: { channel: email, template: welcome } }, { wait: 2h30m } ]
              - when: "count('page', within 7d) > 3"
                then: []
            otherwise: [ { exit: } ]
        """;

    [Fact]
    public void The_example_of_the_design_is_read_in_full()
    {
        var definitions = Folder.Valid(Folder.LoadCampaign(AbandonedCart, ("segments.yaml", "big-spender: sum('Order Completed', properties.total, within 365d) >= 500")));

        var campaign = Assert.Single(definitions.Campaigns);
        Assert.Equal("abandoned-cart", campaign.Id);
        Assert.Equal("Abandoned cart", campaign.Name);
        Assert.Equal(CampaignStatus.Live, campaign.Status);
        Assert.Equal(new TriggerDefinition(TriggerKind.Event, "Product Added"), campaign.Trigger);
        Assert.Equal("exists(traits.email) and not lifecycle = 'dormant'", Canonical.Of(campaign.Audience!));
        Assert.Equal(7 * 86_400_000L, campaign.Reentry.EveryMs);
        Assert.Equal("did('Order Completed', since entry)", Canonical.Of(campaign.Exit!));
        Assert.Equal(new GoalDefinition("Order Completed", null, "total", 3 * 86_400_000L), campaign.Goal);
        Assert.Equal(16, campaign.ContentHash.Length);

        Assert.Equal(new WaitStep("0", 45 * 60_000L), campaign.Steps[0]);
        Assert.Equal(new SendStep("1", "email", "welcome", null, null), campaign.Steps[1]);
        var until = Assert.IsType<WaitUntilStep>(campaign.Steps[2]);
        Assert.Equal(("2", "Order Completed", 86_400_000L), (until.Id, until.EventName, until.ForMs));
        Assert.Equal(new ExitStep("2.then.0"), Assert.Single(until.Then));
        Assert.Equal([new WaitStep("2.otherwise.0", 86_400_000L), new SendStep("nudge", "email", "welcome", "work.email", null)], until.Otherwise);
        var branch = Assert.IsType<BranchStep>(campaign.Steps[3]);
        Assert.Equal([new SendStep("3.when0.0", "email", "welcome", null, null), new WaitStep("3.when0.1", 9_000_000)], branch.Cases[0].Then);
        Assert.Equal("count('page', within 7d) > 3", Canonical.Of(branch.Cases[1].When));
        Assert.Equal([new ExitStep("3.otherwise.0")], branch.Otherwise);
    }
}
