using System.Text;
using Triggers.Engine.Definitions;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>
/// Every kind of mistake in a definitions folder and what is said about it: DefinitionErrors.golden.txt. <c>==== path</c> begins a file, <c>&gt; </c> what is said.
/// Beside each campaign stands a valid template <c>welcome</c>.
/// </summary>
public sealed class DefinitionErrorTests
{
    private const string File = "tests/Engine.Tests/Definitions/DefinitionErrors.golden.txt";

    [Fact]
    public void Every_mistake_is_told_with_file_line_column_and_field()
    {
        var actual = new StringBuilder();
        foreach (var block in Golden.Read(File).Split("==== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var (path, rest) = (block.Split('\n', 2)[0], block.Split('\n', 2)[1]);
            var text = string.Concat(rest.Split('\n').Where(line => !line.StartsWith("> ", StringComparison.Ordinal)).SkipLast(1).Select(line => line + "\n"));
            var result = path.StartsWith("campaigns/", StringComparison.Ordinal) ? Folder.Load([(path, text), .. Folder.Template]) : Folder.Load((path, text));
            Assert.False(result.IsValid, $"valid: {text}");
            actual.Append("==== ").Append(path).Append('\n').Append(text);
            foreach (var error in result.Errors)
            {
                actual.Append("> ").Append(error).Append('\n');
            }
        }

        Golden.Check(File, actual.ToString());
    }

    [Fact]
    public void Errors_of_all_files_come_together_in_the_order_of_the_files()
    {
        var result = Folder.Load(("segments.yaml", "a: scor > 1\nb: score >\n"), ("campaigns/x.yaml", "campaign: x\n"), ("scoring.yaml", "halfLife: x\n"));

        Assert.Equal("campaigns/x.yaml:1 campaigns/x.yaml:1 scoring.yaml:1 segments.yaml:1 segments.yaml:2", string.Join(' ', result.Errors.Select(error => $"{error.File}:{error.Line}")));
    }

    [Fact]
    public void What_only_follows_from_a_file_that_cannot_be_read_is_not_told()
    {
        var result = Folder.Load(
            ("segments.yaml", "a: \"score > 1\n"),
            ("scoring.yaml", "- scores\n"),
            ("traits.yaml", "b: segment('a')\nc: grade('fit') = 'A'\nd: predicted.alive < 0.4\n"),
            ("campaigns/x.yaml", "campaign: x\ntrigger: { enters: a }\naudience: score('fit') > 3\nsteps:\n  - exit\n"));

        Assert.Equal("scoring.yaml:1 segments.yaml:1 traits.yaml:3", string.Join(' ', result.Errors.Select(error => $"{error.File}:{error.Line}")));
    }

    [Fact]
    public void A_file_that_is_a_link_is_read_whole()
    {
        var folder = Directory.CreateTempSubdirectory("triggers-links-");
        try
        {
            // As Kubernetes mounts a ConfigMap: what the link says is shorter than what it leads to.
            var version = folder.CreateSubdirectory("..v1");
            System.IO.File.WriteAllText(Path.Combine(version.FullName, "segments.yaml"), "# Who looks at much\nkeen: count('Product Viewed', within 7d) >= 3\n");
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "..data"), "..v1");
            System.IO.File.CreateSymbolicLink(Path.Combine(folder.FullName, "segments.yaml"), "..data/segments.yaml");

            Assert.Equal("keen", Assert.Single(Folder.Valid(DefinitionFolder.Load(folder.FullName)).Segments).Id);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_circle_through_files_is_refused_with_its_path()
    {
        var result = Folder.Load(
            ("segments.yaml", "a: traits.b = true\nother: segment('a')\n"),
            ("traits.yaml", "b: grade('c') = 'top'\n"),
            ("scoring.yaml", "scores:\n  c: { fit: [ { when: score > 1 and not segment('a'), points: 3 } ], grades: { top: 3 } }\n"));

        Assert.Equal("scoring.yaml:2:41: scores.c.fit[0].when: Definitions depend on each other in a circle: segment a → trait b → score c → segment a. Take one of them out of the other.", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void Two_files_with_the_same_campaign_are_refused()
    {
        var result = Folder.Load([("campaigns/a.yaml", Folder.Welcome), ("campaigns/b.yaml", Folder.Welcome), .. Folder.Template]);

        Assert.Equal("campaigns/b.yaml:1:11: campaign: The campaign 'welcome' stands in campaigns/a.yaml already.", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void More_errors_than_anyone_reads_are_counted()
    {
        var text = string.Concat(Enumerable.Range(0, Limits.DefinitionErrorsMax + 50).Select(i => $"s{i}: scor > 1\n"));

        var errors = Folder.Load(("segments.yaml", text)).Errors;

        Assert.Equal(Limits.DefinitionErrorsMax + 1, errors.Count);
        Assert.Equal("And 50 more errors, not shown.", errors[^1].Message);
    }

    [Fact]
    public void Aliases_cannot_blow_up_a_file()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Contains("Aliases", Assert.Single(Folder.Load(("segments.yaml", text.ToString())).Errors).Message);
        Assert.Contains("levels", Assert.Single(Folder.Load(("segments.yaml", "a: " + new string('[', 1000) + "\n")).Errors).Message);
    }

    [Fact]
    public void Aliases_cannot_count_past_the_largest_number_and_begin_again()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 70; i++)
        {
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        Assert.Contains("Aliases", Assert.Single(Folder.Load(("segments.yaml", text.ToString())).Errors).Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_like_others()
    {
        var error = Assert.Single(DefinitionFolder.Load("/no/such/folder").Errors);

        Assert.StartsWith("There is no definitions folder '/no/such/folder'", error.Message);
    }
}
