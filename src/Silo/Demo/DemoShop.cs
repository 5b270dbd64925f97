namespace Triggers.Silo.Demo;

/// <summary>What the demo's shop sells: the same products as the page of examples/shop.</summary>
internal static class DemoShop
{
    public static IReadOnlyList<Product> Products { get; } =
    [
        new("p-101", "Walnut desk lamp", "lighting", 79.00m),
        new("p-102", "Linen lamp shade", "lighting", 34.50m),
        new("p-103", "Brass reading light", "lighting", 119.00m),
        new("p-201", "Oak side table", "furniture", 189.00m),
        new("p-202", "Folding stool", "furniture", 49.00m),
        new("p-203", "Wall shelf", "furniture", 64.00m),
        new("p-301", "Stoneware mug", "kitchen", 16.50m),
        new("p-302", "Pour-over set", "kitchen", 42.00m),
        new("p-303", "Cast-iron pan", "kitchen", 88.00m),
        new("p-304", "Tea towel", "kitchen", 9.90m),
        new("p-401", "Wool throw", "textiles", 95.00m),
        new("p-402", "Cotton rug", "textiles", 149.00m),
        new("p-403", "Cushion cover", "textiles", 24.00m),
        new("p-501", "Terracotta pot", "garden", 18.00m),
        new("p-502", "Watering can", "garden", 37.00m),
        new("p-503", "Bird feeder", "garden", 29.00m),
    ];

    public static IReadOnlyList<string> FirstNames { get; } =
    [
        "Ada", "Amir", "Anna", "Ben", "Bo", "Carla", "Chen", "Dana", "Diego", "Ella", "Emil", "Eva", "Farah", "Finn", "Grace", "Hana", "Hugo", "Ida", "Iris", "Jan", "Joy",
        "Kai", "Lena", "Leo", "Lina", "Luca", "Maya", "Mia", "Milo", "Nils", "Noor", "Olga", "Omar", "Otto", "Pia", "Quinn", "Rosa", "Sami", "Sofia", "Tara", "Theo", "Uma", "Vera", "Yara", "Zoe",
    ];

    public static IReadOnlyList<string> LastNames { get; } =
    [
        "Abbott", "Berg", "Costa", "Dahl", "Ek", "Fischer", "Garcia", "Hall", "Ito", "Jensen", "Khan", "Lopez", "Moreau", "Novak", "Okafor", "Park", "Quist", "Rossi", "Silva",
        "Tanaka", "Ueda", "Vogel", "Weber", "Xu", "Young", "Zhang",
    ];
}

internal sealed record Product(string Id, string Name, string Category, decimal Price);
