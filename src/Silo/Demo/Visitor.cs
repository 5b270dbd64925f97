using System.Globalization;
using Triggers.Engine.Records;

namespace Triggers.Silo.Demo;

/// <summary>One simulated person: who they are, how keen, and what lies in their cart.</summary>
internal sealed class Visitor(int number, Random random)
{
    private const string IdPrefix = "demo-";

    public int Number { get; } = number;

    public string AnonymousId { get; } = $"demo-anon-{number:0000}";

    /// <summary>Known to the shop once they signed up.</summary>
    public string UserId { get; } = $"{IdPrefix}{number:0000}";

    public string FirstName { get; } = DemoShop.FirstNames[random.Next(DemoShop.FirstNames.Count)];

    public string LastName { get; } = DemoShop.LastNames[random.Next(DemoShop.LastNames.Count)];

    public string Email => $"{FirstName}.{LastName}.{Number}@example.com".ToLowerInvariant();

    /// <summary>How readily they buy what they put into the cart.</summary>
    public double Resolve { get; } = 0.15 + (0.6 * random.NextDouble());

    /// <summary>How often they come: a few come daily, most now and then.</summary>
    public double Keenness { get; } = Math.Pow(random.NextDouble(), 3);

    /// <summary>Looks at what is reduced, and buys with coupons.</summary>
    public bool IsBargainHunter => Number % 6 == 0;

    public bool WantsNewsletter => Number % 3 == 0;

    public bool SignedUp { get; set; }

    public int Orders { get; set; }

    public List<Product> Cart { get; } = [];

    /// <summary>0: it is the key of nobody here.</summary>
    public static int NumberOf(string customerKey) =>
        new CustomerKey(customerKey).Id is var id && id.StartsWith(IdPrefix, StringComparison.Ordinal) && int.TryParse(id.AsSpan(IdPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;
}
