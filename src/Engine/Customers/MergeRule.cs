using Triggers.Engine.Definitions;
using Triggers.Engine.Expressions;

namespace Triggers.Engine.Customers;

/// <summary>Which rule stopped a merge. Persisted in a customer's links: append-only.</summary>
public enum MergeRule : byte
{
    None = 0,

    /// <summary>One of the ids never merges.</summary>
    Never = 1,

    /// <summary>Too many anonymous ids within the time that the rule looks at.</summary>
    DevicesRecently = 2,

    /// <summary>Too many anonymous ids ever.</summary>
    DevicesEver = 3,

    /// <summary>Customers with a userId each do not merge.</summary>
    PeopleNever = 4,

    /// <summary>Too many others with a userId.</summary>
    PeopleEver = 5,
}

/// <summary>The rules' names, as identity.yaml has them, and what they say in words.</summary>
public static class MergeRules
{
    /// <summary><c>devices.recent</c>; empty: none.</summary>
    public static string NameOf(MergeRule rule) => rule switch
    {
        MergeRule.Never => "never",
        MergeRule.DevicesRecently => "devices.recent",
        MergeRule.DevicesEver => "devices.ever",
        MergeRule.PeopleNever => "people.merge",
        MergeRule.PeopleEver => "people.ever",
        _ => "",
    };

    public static string Explain(MergeRule rule, IdentityDefinition identity) => rule switch
    {
        MergeRule.Never => "one of the two ids never merges",
        MergeRule.DevicesRecently => $"more than {identity.DevicesRecently} anonymous ids within {Duration.Format(identity.DevicesWithinMs)}",
        MergeRule.DevicesEver => $"more than {identity.DevicesEver} anonymous ids",
        MergeRule.PeopleNever => "customers with a userId each do not merge",
        MergeRule.PeopleEver => $"more than {identity.PeopleEver} others with a userId",
        _ => "",
    };
}
