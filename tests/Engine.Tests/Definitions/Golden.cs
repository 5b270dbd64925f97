namespace Triggers.Engine.Tests.Definitions;

/// <summary>Texts kept beside the tests or in docs that must equal what the code says. With UPDATE_GOLDEN=1 they are written anew, to be read in the diff.</summary>
internal static class Golden
{
    public static bool IsUpdating => Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    public static string PathOf(string relative) => Path.Combine(ShopTests.Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative)).ReplaceLineEndings("\n");

    public static void Check(string relative, string actual)
    {
        if (IsUpdating)
        {
            File.WriteAllText(PathOf(relative), actual);
        }

        Assert.Equal(Read(relative), actual);
    }
}
