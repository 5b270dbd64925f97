using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Definitions.Fields;
using Triggers.Engine.Expressions;
using Triggers.Engine.Messages;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>The tables of docs/expressions.md and docs/definitions.md are what the code says of itself.</summary>
public sealed class DocsTests
{
    private const string ExpressionsPage = "docs/expressions.md", DefinitionsPage = "docs/definitions.md";

    [Fact]
    public void The_page_on_expressions_has_every_function_operator_and_value()
    {
        var page = Golden.Read(ExpressionsPage);
        page = Fill(page, "values", Table(["Value", "Type", "Meaning", "Example"], Vocabulary.Values.Select(term => new[] { Code(term.Name), term.Type, term.Help, Code(term.Example) })));
        page = Fill(page, "operators", Table(["Operator", "Meaning", "Example"], Vocabulary.Operators.Select(term => new[] { Code(term.Text), term.Help, Code(term.Example) })
            .Concat(Vocabulary.Predicates.Select(term => new[] { Code(term.Shape), term.Help, Code(term.Example) }))));
        page = Fill(page, "words", Table(["Word", "Meaning", "Example"], Vocabulary.Words.Select(term => new[] { Code(term.Text), term.Help, Code(term.Example) })));
        page = Fill(page, "functions", string.Concat(Vocabulary.Functions.Select(function =>
            $"### `{function.Signature}`\n\n{function.Help} Example: {Code(function.Example)}\n\n{Table(["Parameter", "", "Meaning"], function.Parameters.Select(item => new[] { Code(item.Name), item.IsRequired ? "required" : "optional", item.Help }))}\n")));

        Golden.Check(ExpressionsPage, page);
    }

    [Fact]
    public void The_page_on_definitions_has_every_field_of_every_element()
    {
        var page = Golden.Read(DefinitionsPage);
        foreach (var element in DefinitionElements.All)
        {
            page = Fill(page, element.Id, Table(["Field", "Type", "", "Meaning"], element.Fields.Select(field =>
                new[] { Code(field.Name), field.TypeName, field.IsRequired ? "required" : field.Default.Length > 0 ? "default: " + field.Default : "optional", field.Help })));
        }

        page = Fill(page, "helpers", Table(["Helper", "Meaning", "Example"], TemplateHelpers.All.Select(helper => new[] { Code(helper.Name), helper.Help, Code(helper.Example) })));
        Golden.Check(DefinitionsPage, page);
    }

    [Fact]
    public void Every_example_of_the_vocabulary_is_a_valid_condition()
    {
        var examples = Vocabulary.Functions.Select(term => term.Example)
            .Concat(Vocabulary.Operators.Select(term => term.Example))
            .Concat(Vocabulary.Predicates.Select(term => term.Example))
            .Concat(Vocabulary.Values.Select(term => term.Example))
            .Concat(Vocabulary.Words.Select(term => term.Example));

        Assert.All(examples, example => Assert.True(
            new[] { ExpressionScope.Customer, ExpressionScope.Event, ExpressionScope.Campaign }.Any(scope => ExpressionParser.Parse(example, scope).IsValid), example));
    }

    /// <summary>What stands between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
    private static string Fill(string page, string name, string content)
    {
        string open = $"<!-- {name} -->\n", close = $"<!-- /{name} -->";
        var (start, end) = (page.IndexOf(open, StringComparison.Ordinal), page.IndexOf(close, StringComparison.Ordinal));
        Assert.True(start >= 0 && end > start, $"The page has no place for '{name}': put {open.Trim()} and {close} where its table belongs.");
        return page[..(start + open.Length)] + "\n" + content.TrimEnd() + "\n\n" + page[end..];
    }

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder().Append("| ").AppendJoin(" | ", head).Append(" |\n|").Append(string.Concat(head.Select(_ => "---|"))).Append('\n');
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Code(string text) => text.Contains('`') ? $"`` {text} ``" : $"`{text}`";
}
