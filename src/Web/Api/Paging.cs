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

    /// <summary>Of one item more than asked for, which tells whether there is a next page: that begins behind the last item of this one.</summary>
    public static (IReadOnlyList<T> Items, string? Next) Cut<T>(IReadOnlyList<T> read, int size, Func<T, string> place)
        => read.Count > size ? ([.. read.Take(size)], place(read[size - 1])) : (read, null);

    public static string Text(long sequence) => sequence.ToString(CultureInfo.InvariantCulture);

    /// <summary>Ids may hold a slash, which routing leaves escaped.</summary>
    public static string Id(string routeValue) => routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
