using Triggers.Engine.Definitions;
using Triggers.Engine.Effects;
using Triggers.Runtime.Live;
using Triggers.Runtime.Queries;

namespace Triggers.Runtime.Tests;

public sealed class DecisionNamesTests
{
    public static TheoryData<DecisionKind> Kinds => [.. Enum.GetValues<DecisionKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_decision_has_a_name_and_a_title(DecisionKind kind)
    {
        Assert.NotEqual("decision", DecisionNames.KindOf(kind), StringComparer.Ordinal);
        Assert.NotEqual("the subject", DecisionNames.TitleOf(new Decision(kind, "u:ann", 0, "the subject", ""), new ElementNames(new DefinitionSet())), StringComparer.Ordinal);
    }

    [Fact]
    public void No_two_decisions_share_a_name()
    {
        var names = Enum.GetValues<DecisionKind>().Select(DecisionNames.KindOf).ToList();

        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
    }
}
