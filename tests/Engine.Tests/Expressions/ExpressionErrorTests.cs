using System.Text;
using Triggers.Engine.Expressions;
using Triggers.Engine.Tests.Definitions;

namespace Triggers.Engine.Tests.Expressions;

/// <summary>Every kind of mistake in a condition and what is said about it: ExpressionErrors.golden.txt. A line is a scope and a condition; below it, what is said, with index and length.</summary>
public sealed class ExpressionErrorTests
{
    private const string File = "tests/Engine.Tests/Expressions/ExpressionErrors.golden.txt";

    private static readonly Dictionary<string, ExpressionScope> s_scopes = new(StringComparer.Ordinal)
    {
        ["segment"] = ExpressionScope.Customer,
        ["trigger"] = ExpressionScope.Event,
        ["campaign"] = ExpressionScope.Campaign,
        ["scoring"] = ExpressionScope.EventOnly,
    };

    [Fact]
    public void Every_mistake_is_told_with_its_place_and_what_to_write_instead()
    {
        var actual = new StringBuilder();
        foreach (var line in Golden.Read(File).Split('\n').Where(line => line.Length > 0 && line[0] != ' '))
        {
            var (scope, text) = (line.Split(':', 2)[0], line.Split(": ", 2)[1]);
            var result = ExpressionParser.Parse(text, s_scopes[scope]);
            Assert.False(result.IsValid, $"'{text}' is valid");
            actual.Append(line).Append('\n');
            foreach (var error in result.Errors)
            {
                Assert.True(text.AsSpan(error.Index).StartsWith(error.Found.AsSpan(), StringComparison.Ordinal), $"'{error.Found}' does not stand at {error.Index} of '{text}'");
                actual.Append($"    {error.Index}+{error.Length}: {error}\n");
            }
        }

        Golden.Check(File, actual.ToString());
    }

    [Fact]
    public void An_error_names_what_was_expected_what_was_found_and_what_may_be_meant()
    {
        var error = Assert.Single(ExpressionParser.Parse("did('X', withn 7d)", ExpressionScope.Customer).Errors);

        Assert.Equal((9, 5), (error.Index, error.Length));
        Assert.Equal("`where …`, `within …` or `since entry`", error.Expected);
        Assert.Equal("withn", error.Found);
        Assert.Equal("within", Assert.Single(error.Suggestions));
    }
}
