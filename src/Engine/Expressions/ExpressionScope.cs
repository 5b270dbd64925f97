namespace Triggers.Engine.Expressions;

/// <summary>Says what an expression may speak of at the place where it is written.</summary>
/// <param name="Name">As error messages call it.</param>
/// <param name="AllowsCustomer">traits, count, did, sum, score, lifecycle, segment.</param>
/// <param name="AllowsProperties">properties of the event in hand.</param>
/// <param name="AllowsSinceEntry">the window <c>since entry</c>.</param>
public sealed record ExpressionScope(string Name, bool AllowsCustomer, bool AllowsProperties, bool AllowsSinceEntry)
{
    /// <summary>Segments and audiences: the customer alone.</summary>
    public static readonly ExpressionScope Customer = new("a condition about a customer", AllowsCustomer: true, AllowsProperties: false, AllowsSinceEntry: false);

    /// <summary>Values that are kept on the profile: the customer alone.</summary>
    public static readonly ExpressionScope ComputedTrait = Customer with { Name = "a computed trait" };

    /// <summary>Triggers, goals and awaited events: the event in hand, and its customer.</summary>
    public static readonly ExpressionScope Event = new("a condition about an event and its customer", AllowsCustomer: true, AllowsProperties: true, AllowsSinceEntry: false);

    /// <summary>Branches and exits: the customer, with what happened since the entry.</summary>
    public static readonly ExpressionScope Campaign = new("a condition inside a campaign", AllowsCustomer: true, AllowsProperties: false, AllowsSinceEntry: true);

    /// <summary>Inside <c>where</c>, and in scoring rules: the event alone, so that the result never depends on when it is looked at.</summary>
    public static readonly ExpressionScope EventOnly = new("a condition about one event", AllowsCustomer: false, AllowsProperties: true, AllowsSinceEntry: false);
}
