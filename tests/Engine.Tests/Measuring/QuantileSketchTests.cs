using FsCheck;
using FsCheck.Fluent;
using Triggers.Engine.Measuring;

namespace Triggers.Engine.Tests.Measuring;

/// <summary>The sketch against exact ranks: the bound that it tells holds for whatever comes, in whatever order, however it was merged.</summary>
public sealed class QuantileSketchTests
{
    /// <summary>Each gives the number at a place of n: orders and shapes that sketches fall over.</summary>
    private static readonly Func<int, int, double>[] s_shapes =
    [
        (index, _) => index,
        (index, count) => count - index,
        (index, count) => index % 2 == 0 ? index : (2.0 * count) - index,
        (index, _) => (uint)(index * 2_654_435_761L),
        (index, _) => index % 7,
        (index, _) => Math.Pow(1.001, index % 20_011),
        (index, count) => index < count * 9 / 10 ? 0 : index,
        (index, _) => 1.0 / (1 + (uint)(index * 2_246_822_519L)),
        (index, _) => index % 3 == 0 ? double.MaxValue : index % 3 == 1 ? -double.MaxValue : index,
        (_, _) => 42,
    ];

    [Fact]
    public void Every_rank_is_within_the_bound_it_tells_and_the_bound_is_as_small_as_is_said() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30).WithReplay(20_261_122, 7), Prop.ForAll(Arb.From(Gen.Choose(0, 1_000_000_000).Three()), draw =>
        {
            var (shapeOf, size, parts) = draw;
            var shape = s_shapes[shapeOf % s_shapes.Length];
            var count = 1 + (size % 120_000);
            var sketches = Enumerable.Range(0, 1 + (parts % 9)).Select(_ => new QuantileSketch()).ToArray();
            var numbers = new double[count];
            for (var index = 0; index < count; index++)
            {
                numbers[index] = shape(index, count);
                sketches[parts % 2 == 0 ? index % sketches.Length : (int)((long)index * sketches.Length / count)].Add(numbers[index]);
            }

            var all = new QuantileSketch();
            foreach (var sketch in sketches)
            {
                all.Merge(sketch);
            }

            Array.Sort(numbers);
            Assert.Equal(count, all.Count);
            Assert.True(all.ErrorRanks <= count * Math.Max(0, Math.Ceiling(Math.Log2((double)count / QuantileSketch.Capacity)) + 1) / QuantileSketch.Capacity, $"{all.ErrorRanks} of {count}");
            foreach (var share in (double[])[0.001, 0.01, 0.05, 0.1, 0.2, 0.25, 0.5, 0.8, 0.9, 0.99])
            {
                var line = all.LineOf(share)!.Value;
                Assert.InRange(AboveIn(numbers, line), 0, (share * count) + all.ErrorRanks);

                // With the next smaller number the share would be exceeded.
                Assert.True(AboveIn(numbers, Math.BitDecrement(line)) > (share * count) - all.ErrorRanks - 1, $"{share}: {line} leaves room");
                Assert.InRange(all.Above(line), AboveIn(numbers, line) - all.ErrorRanks, AboveIn(numbers, line) + all.ErrorRanks);
            }
        }));

    [Fact]
    public void Up_to_its_capacity_it_is_exact_and_an_empty_one_has_no_line()
    {
        var sketch = new QuantileSketch();
        Assert.Null(sketch.LineOf(0.1));

        for (var number = QuantileSketch.Capacity; number > 0; number--)
        {
            sketch.Add(number);
        }

        Assert.Equal((0, QuantileSketch.Capacity * 0.75), (sketch.ErrorRanks, sketch.LineOf(0.25)!.Value));
        Assert.Throws<ArgumentException>(() => sketch.Add(double.NaN));
    }

    [Fact]
    public void Of_a_million_customers_a_line_is_wrong_by_less_than_a_thousandth()
    {
        var sketch = new QuantileSketch();
        for (var index = 0; index < 1_000_000; index++)
        {
            sketch.Add((uint)(index * 2_654_435_761L));
        }

        Assert.InRange(sketch.ErrorRanks, 1, 1_000);
    }

    [Fact]
    public void Measures_are_the_same_numbers_from_their_text()
    {
        var measures = new Measures(3, 5, [new(ulong.MaxValue, -0.1), new(0, double.MaxValue), new(17, 1.0 / 3)]);

        Assert.Equal("0000000000000000=7fefffffffffffff,0000000000000011=3fd5555555555555,ffffffffffffffff=bfb999999999999a", measures.Print());
        Assert.True(Measures.Parse(3, 5, measures.Print()).HasSameNumbers(measures));
        Assert.Empty(Measures.Parse(1, 1, "").Numbers);
        Assert.Throws<InvalidDataException>(() => Measures.Parse(1, 1, "12=13"));
    }

    private static long AboveIn(double[] ascending, double line)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = ascending[middle] > line ? (low, middle) : (middle + 1, high);
        }

        return ascending.Length - low;
    }
}
