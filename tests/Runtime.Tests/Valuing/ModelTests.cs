using Triggers.Runtime.Valuing;

namespace Triggers.Runtime.Tests.Valuing;

/// <summary>What the models are built from, against what is known in closed form, and at the ends of their range.</summary>
public sealed class ModelTests
{
    [Fact]
    public void The_logarithm_of_the_gamma_function_has_twelve_digits()
    {
        var factorial = 0.0;
        for (var n = 1; n <= 170; n++)
        {
            Assert.Equal(factorial, Special.LogGamma(n), 1e-12 * Math.Max(1, factorial));
            factorial += Math.Log(n);
        }

        Assert.Equal(Math.Log(Math.PI) / 2, Special.LogGamma(0.5), 1e-13);
        Assert.Equal(Math.Log(1e-9), -Special.LogGamma(1e-9), 1e-8);
    }

    [Fact]
    public void The_hypergeometric_function_equals_its_closed_forms_near_1_as_well()
    {
        foreach (var z in new[] { 0, 0.1, 0.5, 0.9, 0.99, 0.999 })
        {
            Assert.Equal(z == 0 ? 1 : -Math.Log(1 - z) / z, Special.Gauss(1, 1, 2, z), 1e-10);
            Assert.Equal(Math.Pow(1 - z, 2.5), Special.Gauss(-2.5, 3, 3, z), 1e-10);
            Assert.Equal(-40.5 * Math.Log(1 - z), Special.LogGauss(40.5, 3, 3, z), 1e-8);
        }
    }

    [Fact]
    public void The_simplex_finds_the_bottom_of_a_bent_valley()
    {
        var place = NelderMead.Minimize(at => Math.Pow(1 - at[0], 2) + (100 * Math.Pow(at[1] - (at[0] * at[0]), 2)), [-1.2, 1]);

        Assert.Equal(1, place[0], 1e-3);
        Assert.Equal(1, place[1], 1e-3);
    }

    /// <summary>By simulation: a rate and a chance to leave are drawn, and what follows is counted.</summary>
    [Fact]
    public void An_expectation_is_what_simulated_buyers_do()
    {
        var model = new PurchaseModel(1.2, 6, 0.9, 2.1, 0);
        var random = new Random(7);
        var (sum, alive, seen) = (0.0, 0, 0);
        for (var person = 0; person < 400_000; person++)
        {
            // r is 1.2: Gamma(1.2, 6) by Marsaglia and Tsang; Beta(0.9, 2.1) of two such.
            var rate = Gamma(random, 1.2) / 6;
            var (one, other) = (Gamma(random, 0.9), Gamma(random, 2.1));
            var leaves = one / (one + other);
            var (at, bought, last, gone, came) = (0.0, 0, 0.0, false, 0);
            while (!gone && (at += -Math.Log(1 - random.NextDouble()) / rate) <= 40)
            {
                (bought, last, came) = at <= 20 ? (bought + 1, at, came) : (bought, last, came + 1);
                gone = random.NextDouble() < leaves;
            }

            if (bought == 2 && last is > 9 and < 11)
            {
                seen++;
                sum += came;
                alive += came > 0 || !gone ? 1 : 0;
            }
        }

        Assert.InRange(seen, 500, 100_000);
        Assert.Equal(model.Expected(new BuyerPast(2, 10, 20), 20), sum / seen, 0.12);
        Assert.Equal(model.Alive(new BuyerPast(2, 10, 20)), (double)alive / seen, 0.04);
    }

    [Theory]
    [InlineData(0.243, 4.414, 0.793, 2.426)]
    [InlineData(0.5, 2, 1, 3)]
    [InlineData(3, 0.01, 0.00001, 150_000)]
    [InlineData(0.01, 0.5, 19.9, 60)]
    [InlineData(0.01, 0.5, 20.1, 60)]
    [InlineData(5, 40, 100_000, 150_000)]
    [InlineData(0.3, 3, 0.4, 0.6)]
    public void Expectations_are_finite_grow_with_the_horizon_and_never_exceed_the_rate_of_who_stays(double r, double alpha, double a, double b)
    {
        var model = new PurchaseModel(r, alpha, a, b, 0);
        foreach (var buyer in new BuyerPast[] { new(0, 0, 0), new(0, 0, 52), new(1, 0.1, 52), new(7, 50, 52), new(900, 500, 520), new(2000, 20, 520) })
        {
            Assert.InRange(model.Alive(buyer), 0, 1);
            var before = 0.0;
            foreach (var weeks in new[] { 0, 0.1, 1, 13, 52, 520 })
            {
                var expected = model.Expected(buyer, weeks);
                Assert.InRange(expected, before, ((r + buyer.Repeats) * weeks / (alpha + buyer.Age) * 1.001) + 1e-9);
                before = expected;
            }
        }
    }

    [Fact]
    public void Both_forms_of_an_expectation_meet_where_one_takes_over_from_the_other()
    {
        var (below, above) = (new PurchaseModel(2, 6, 20, 60, 0), new PurchaseModel(2, 6, 20.000001, 60, 0));
        foreach (var weeks in new[] { 1.0, 13, 52 })
        {
            Assert.Equal(below.Expected(new BuyerPast(3, 20, 26), weeks), above.Expected(new BuyerPast(3, 20, 26), weeks), 1e-6);
        }
    }

    private static double Gamma(Random random, double shape)
    {
        if (shape < 1)
        {
            return Gamma(random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        }

        var d = shape - (1 / 3.0);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + (normal / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }
}
