using Triggers.Engine.Expressions;

namespace Triggers.Engine.Tests.Expressions;

public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 500, "500ms")]
    [InlineData("30s", 30_000, "30s")]
    [InlineData("45m", 2_700_000, "45m")]
    [InlineData("2h30m", 9_000_000, "2h30m")]
    [InlineData("90m", 5_400_000, "1h30m")]
    [InlineData("2w", 1_209_600_000, "14d")]
    [InlineData("1d2h3m4s5ms", 93_784_005, "1d2h3m4s5ms")]
    [InlineData("0s", 0, "0s")]
    [InlineData("3650d", 315_360_000_000, "3650d")]
    public void Durations_are_read_and_written(string text, long milliseconds, string canonical)
    {
        Assert.True(Duration.TryParse(text, out var read));
        Assert.Equal(milliseconds, read);
        Assert.Equal(canonical, Duration.Format(read));
    }

    [Theory]
    [InlineData("", "'' is not a duration such as 30s, 45m, 2h30m or 7d: whole numbers with the units w, d, h, m, s, ms, larger ones first, at most 3650d.")]
    [InlineData("30", "'30' has no unit: write 30s, 30m, 30h or 30d.")]
    [InlineData("1.5h", "'1.5h' is not a duration such as 30s, 45m, 2h30m or 7d: whole numbers with the units w, d, h, m, s, ms, larger ones first, at most 3650d.")]
    [InlineData("7 days", "'7 days' is no duration: write 7d.")]
    [InlineData("1H", "'1H' is no duration: write 1h.")]
    [InlineData("3 months", "'3 months': months and years vary in length; write days, such as 30d or 365d.")]
    [InlineData("30m2h", "'30m2h' is not a duration such as 30s, 45m, 2h30m or 7d: whole numbers with the units w, d, h, m, s, ms, larger ones first, at most 3650d.")]
    [InlineData("3651d", "'3651d' is too long: at most 3650d (ten years).")]
    [InlineData("99999999999999999999d", "'99999999999999999999d' is not a duration such as 30s, 45m, 2h30m or 7d: whole numbers with the units w, d, h, m, s, ms, larger ones first, at most 3650d.")]
    public void What_is_no_duration_is_refused_with_what_to_write(string text, string explanation)
    {
        Assert.False(Duration.TryParse(text, out _));
        Assert.Equal(explanation, Duration.Explain(text));
    }
}
