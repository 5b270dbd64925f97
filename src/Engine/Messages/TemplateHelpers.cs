using System.Collections.Frozen;
using System.Globalization;
using HandlebarsDotNet;

namespace Triggers.Engine.Messages;

/// <summary>The helpers that templates may call, each with the words that the docs show for it. None of them throws: bad input renders as nothing.</summary>
public static class TemplateHelpers
{
    private delegate object? Helper(IReadOnlyList<object?> arguments, IReadOnlyDictionary<string, object?> named);

    private static readonly (TemplateHelperDoc Doc, Helper Run)[] List =
    [
        (new("money", "{{money event.properties.total \"EUR\"}}", "An amount with its currency: €1,234.50. Write minor=true when the amount is in cents."), TemplateFormats.Money),
        (new("date", "{{date traits.birthday \"d MMMM yyyy\" zone=\"Europe/Berlin\"}}", "An ISO 8601 time (or ms since 1970) in a pattern and time zone; without them: d MMMM yyyy in UTC."), TemplateFormats.Date),
        (new("number", "{{number traits.points 0}}", "A number with thousands separators and that many decimals."), TemplateFormats.Number),
        (new("default", "{{default traits.firstName \"there\"}}", "The first value that is there and not empty."), (a, _) => a.FirstOrDefault(IsTrue)),
        (new("uppercase", "{{uppercase traits.city}}", "In capitals."), (a, _) => Text(a, 0).ToUpperInvariant()),
        (new("lowercase", "{{lowercase traits.city}}", "In small letters."), (a, _) => Text(a, 0).ToLowerInvariant()),
        (new("capitalize", "{{capitalize traits.firstName}}", "With a capital first letter."), (a, _) => TemplateFormats.Capitalize(Text(a, 0))),
        (new("truncate", "{{truncate traits.bio 80}}", "At most that many characters, the last one an ellipsis."), TemplateFormats.Truncate),
        (new("plural", "{{plural traits.items \"item\" \"items\"}}", "The second argument when the number is 1, else the third."), (a, _) => TryNumber(At(a, 0), out var n) && n == 1 ? At(a, 1) : At(a, 2)),
        (new("url", "https://shop.example/?q={{url traits.query}}", "Percent-encoded, for use inside a link."), (a, _) => Uri.EscapeDataString(Text(a, 0))),
        (new("json", "{ \"name\": {{json traits.name}} }", "As JSON, quotes included: for webhook bodies."), (a, _) => TemplateFormats.Json(At(a, 0))),
        (new("eq", "{{#if (eq traits.plan \"pro\")}}", "Equal; numbers by value, texts exactly."), (a, _) => AreEqual(At(a, 0), At(a, 1))),
        (new("ne", "{{#if (ne traits.plan \"pro\")}}", "Not equal."), (a, _) => !AreEqual(At(a, 0), At(a, 1))),
        (new("gt", "{{#if (gt event.properties.total 100)}}", "Greater; false unless both are numbers."), (a, _) => TryNumber(At(a, 0), out var x) && TryNumber(At(a, 1), out var y) && x > y),
        (new("lt", "{{#if (lt event.properties.total 100)}}", "Less; false unless both are numbers."), (a, _) => TryNumber(At(a, 0), out var x) && TryNumber(At(a, 1), out var y) && x < y),
        (new("and", "{{#if (and traits.email traits.phone)}}", "All are there and not empty."), (a, _) => a.All(IsTrue)),
        (new("or", "{{#if (or traits.email traits.phone)}}", "At least one is there and not empty."), (a, _) => a.Any(IsTrue)),
        (new("not", "{{#if (not traits.email)}}", "It is missing, empty, false or 0."), (a, _) => !IsTrue(At(a, 0))),
    ];

    public static IReadOnlyList<TemplateHelperDoc> All { get; } = [.. List.Select(helper => helper.Doc)];

    internal static FrozenSet<string> Names { get; } = All.Select(doc => doc.Name).ToFrozenSet(StringComparer.Ordinal);

    internal static IHandlebars CreateEnvironment(bool escape)
    {
        var configuration = new HandlebarsConfiguration
        {
            FormatProvider = CultureInfo.InvariantCulture,
            NoEscape = !escape,
            TextEncoder = escape ? new HtmlEncoder() : null,
        };
        configuration.ObjectDescriptorProviders.Add(new TemplateMembers());
        configuration.FormatterProviders.Add(new TemplateFormatters());
        var handlebars = Handlebars.Create(configuration);
        foreach (var (doc, run) in List)
        {
            handlebars.RegisterHelper(doc.Name, (Context _, Arguments arguments) => Call(run, arguments)!);
        }

        return handlebars;
    }

    private static object? Call(Helper run, in Arguments arguments)
    {
        var positional = new List<object?>(arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
        {
            object? argument = arguments[i];
            if (i == arguments.Length - 1 && ReferenceEquals(argument, arguments.Hash))
            {
                continue;
            }

            positional.Add(argument is UndefinedBindingResult ? null : argument);
        }

        return run(positional, arguments.Hash!);
    }

    internal static object? At(IReadOnlyList<object?> arguments, int index) => index < arguments.Count ? arguments[index] : null;

    internal static string Text(IReadOnlyList<object?> arguments, int index) => TemplateFormats.Text(At(arguments, index));

    internal static bool TryNumber(object? value, out decimal number)
    {
        switch (value)
        {
            case long or int or decimal:
                number = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
                return true;
            case double real when Math.Abs(real) < 1e27:
                number = (decimal)real;
                return true;
            case string text:
                return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
            default:
                number = 0;
                return false;
        }
    }

    private static bool IsTrue(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        List<object?> list => list.Count > 0,
        long or int or decimal or double => Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    private static bool AreEqual(object? left, object? right) =>
        left is null || right is null ? left is null && right is null
        : left is string || right is string ? string.Equals(TemplateFormats.Text(left), TemplateFormats.Text(right), StringComparison.Ordinal)
        : TryNumber(left, out var x) && TryNumber(right, out var y) ? x == y
        : left.Equals(right);
}

/// <summary>What a helper does, for docs and editors.</summary>
public sealed record TemplateHelperDoc(string Name, string Example, string Help);
