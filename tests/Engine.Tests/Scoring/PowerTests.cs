using Triggers.Engine.Scoring;

namespace Triggers.Engine.Tests.Scoring;

public sealed class PowerTests
{
    [Fact]
    public void Powers_and_logarithms_agree_with_the_library_to_a_few_units_in_the_last_place()
    {
        for (var x = -60.0; x < 60; x += 0.00713)
        {
            Assert.InRange(Power.Exp2(x) / Math.Pow(2, x), 1 - 5e-16, 1 + 5e-16);
            var y = Math.Abs(x) + 0.001;
            Assert.Equal(Math.Log2(y), Power.Log2(y), 1e-14);
        }
    }

    [Theory]
    [InlineData(0.0, 0x3FF0000000000000)]
    [InlineData(-0.5, 0x3FE6A09E667F3BCC)]
    [InlineData(-1.0, 0x3FE0000000000000)]
    [InlineData(-10.0, 0x3F50000000000000)]
    [InlineData(-2000.0, 0)]
    public void The_bits_of_a_power_never_change(double x, long bits) => Assert.Equal(bits, BitConverter.DoubleToInt64Bits(Power.Exp2(x)));

    [Theory]
    [InlineData("19.99", 2, 1999)]
    [InlineData("-0.005", 2, 0)]
    [InlineData("0.015", 2, 2)]
    [InlineData("0.025", 2, 2)]
    [InlineData("0.0250001", 2, 3)]
    [InlineData("1e3", 0, 1000)]
    [InlineData("12.5E-1", 2, 125)]
    [InlineData("100", 0, 100)]
    [InlineData("9999999999999999999999", 2, long.MaxValue)]
    [InlineData("1e-400", 6, 0)]
    [InlineData("0.1", 6, 100_000)]
    [InlineData("000123456789012345678901234567890123456789.5", 0, long.MaxValue)]
    public void Decimals_are_scaled_exactly(string text, int decimals, long expected)
    {
        Assert.True(FixedPoint.TryParse(System.Text.Encoding.UTF8.GetBytes(text), decimals, out var scaled));
        Assert.Equal(expected, scaled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1 000")]
    [InlineData("1e")]
    [InlineData("twelve")]
    [InlineData("1.2.3")]
    public void What_is_no_number_is_refused(string text) => Assert.False(FixedPoint.TryParse(System.Text.Encoding.UTF8.GetBytes(text), 2, out _));

    [Fact]
    public void Additions_stop_at_the_bounds()
    {
        Assert.Equal(long.MaxValue, FixedPoint.Add(long.MaxValue - 1, 5));
        Assert.Equal(-long.MaxValue, FixedPoint.Add(-long.MaxValue, -5));
        Assert.Equal(-2, FixedPoint.Add(3, -5));
    }
}
