using System.Text.RegularExpressions;
using HandlebarsDotNet;

namespace Triggers.Engine.Definitions;

/// <summary>Compiles a template to find out whether it is one, and where it is not.</summary>
internal static partial class TemplateCheck
{
    public static void Check(DefinitionFile file, ErrorList errors)
    {
        try
        {
            Handlebars.Create().Compile(file.Text);
        }
        catch (HandlebarsException exception)
        {
            var place = PlacePattern().Match(exception.Message);
            var line = place.Success ? int.Parse(place.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture) + 1 : 1;
            errors.Add(file.Path, line, 1, "", $"This template is not valid: {exception.Message.Split('\n')[0].Trim().TrimEnd(':')}.");
        }
    }

    [GeneratedRegex(@"Occured at: (?<line>[0-9]+):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlacePattern();
}
