using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Triggers.Web.Api;

/// <summary>Checks what a list is asked for, and says in words what is wrong with it.</summary>
internal static class Paging
{
    /// <summary>Null: fine, with the size in <paramref name="size"/>.</summary>
    public static ProblemHttpResult? ReadLimit(int? limit, out int size)
    {
        size = limit ?? Limits.PageDefault;
        return size is >= 1 and <= Limits.PageMax ? null : Problems.BadRequest($"'limit' must be between 1 and {Limits.PageMax}; it is {size}.");
    }

    /// <summary>Reads a place in a list that goes by number; null: from the newest on.</summary>
    public static ProblemHttpResult? ReadBefore(string? before, out long? sequence)
    {
        sequence = null;
        if (string.IsNullOrEmpty(before))
        {
            return null;
        }

        if (!long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return Problems.BadRequest($"'before' must be the 'next' of the page before; it is '{before}'.");
        }

        sequence = value;
        return null;
    }

    /// <summary>A full page has a next one: one that begins behind the last item.</summary>
    public static string? Next<T>(IReadOnlyList<T> items, int size, Func<T, long> sequence)
        => items.Count < size ? null : sequence(items[^1]).ToString(CultureInfo.InvariantCulture);

    /// <summary>Ids may hold a slash, which routing leaves escaped.</summary>
    public static string Id(string routeValue) => routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
