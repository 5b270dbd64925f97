namespace Triggers.Runtime.Valuing;

/// <summary>
/// Finds where a function of a few numbers is least, by a simplex that moves and shrinks (Nelder and Mead 1965), begun anew around what it found until that gets no
/// better. Nothing is drawn: the same function and start give the same place.
/// </summary>
internal static class NelderMead
{
    private const int RestartsMax = 6;
    private const int StepsMax = 2_000;
    private const double Tolerance = 1e-12;

    /// <param name="cost">What is not a number counts as infinite.</param>
    public static double[] Minimize(Func<double[], double> cost, double[] start)
    {
        var best = start;
        var least = Of(cost, start);
        for (var restart = 0; restart < RestartsMax; restart++)
        {
            var (place, value) = Descend(cost, best, least);
            var gain = least - value;
            (best, least) = (place, value);
            if (gain <= 1e-11 * (Math.Abs(least) + 1))
            {
                break;
            }
        }

        return best;
    }

    private static (double[] Place, double Value) Descend(Func<double[], double> cost, double[] start, double startCost)
    {
        var size = start.Length;
        var simplex = new (double Value, double[] Place)[size + 1];
        simplex[0] = (startCost, start);
        for (var index = 0; index < size; index++)
        {
            var place = (double[])start.Clone();
            place[index] += 0.5;
            simplex[index + 1] = (Of(cost, place), place);
        }

        for (var step = 0; step < StepsMax; step++)
        {
            // Stable: equal costs stay in the order they came.
            simplex = [.. simplex.OrderBy(corner => corner.Value)];
            if (simplex[size].Value - simplex[0].Value <= Tolerance * (Math.Abs(simplex[0].Value) + Tolerance))
            {
                break;
            }

            var centre = new double[size];
            for (var corner = 0; corner < size; corner++)
            {
                for (var index = 0; index < size; index++)
                {
                    centre[index] += simplex[corner].Place[index] / size;
                }
            }

            var worst = simplex[size];
            var reflected = Toward(centre, worst.Place, -1);
            var value = Of(cost, reflected);
            if (value < simplex[0].Value)
            {
                var expanded = Toward(centre, worst.Place, -2);
                var further = Of(cost, expanded);
                simplex[size] = further < value ? (further, expanded) : (value, reflected);
            }
            else if (value < simplex[size - 1].Value)
            {
                simplex[size] = (value, reflected);
            }
            else
            {
                var contracted = value < worst.Value ? Toward(centre, worst.Place, -0.5) : Toward(centre, worst.Place, 0.5);
                var nearer = Of(cost, contracted);
                if (nearer < Math.Min(value, worst.Value))
                {
                    simplex[size] = (nearer, contracted);
                }
                else
                {
                    for (var corner = 1; corner <= size; corner++)
                    {
                        var place = Toward(simplex[0].Place, simplex[corner].Place, 0.5);
                        simplex[corner] = (Of(cost, place), place);
                    }
                }
            }
        }

        var found = simplex.MinBy(corner => corner.Value);
        return (found.Place, found.Value);
    }

    /// <summary>From one place so much of the way to another; below 0: away from it.</summary>
    private static double[] Toward(double[] from, double[] to, double share)
    {
        var place = new double[from.Length];
        for (var index = 0; index < place.Length; index++)
        {
            place[index] = from[index] + (share * (to[index] - from[index]));
        }

        return place;
    }

    private static double Of(Func<double[], double> cost, double[] place) => cost(place) is var value && double.IsNaN(value) ? double.PositiveInfinity : value;
}
