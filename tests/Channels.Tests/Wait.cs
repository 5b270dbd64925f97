namespace Triggers.Channels.Tests;

/// <summary>Waits for a condition, and says what it waited for when it does not come.</summary>
internal static class Wait
{
    public static async Task ForAsync(Func<bool> condition, string what)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(10), $"waited 10 s for {what}");
            await Task.Delay(5);
        }
    }
}
