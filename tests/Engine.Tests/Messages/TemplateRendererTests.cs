using System.Globalization;
using System.Text;
using Triggers.Engine.Definitions;
using Triggers.Engine.Messages;

namespace Triggers.Engine.Tests.Messages;

public sealed class TemplateRendererTests
{
    private readonly TemplateRenderer _renderer = new();

    [Theory]
    [InlineData("Hello {{traits.name}}", "Hello Ada")]
    [InlineData("{{traits.missing}}|{{nothing.at.all}}|{{traits.name.Length}}|{{traits.tags.Capacity}}", "|||")]
    [InlineData("{{traits.tags}} {{traits.tags.length}} {{traits.tags.[1]}}", "a, b 2 b")]
    [InlineData("{{traits}}{{traits.nothing}}", "")]
    [InlineData("{{traits.pro}} {{traits.points}} {{traits.ratio}} {{event.properties.total}}", "true 1234567 0.1 49.50")]
    [InlineData("{{event.properties.[Order Total]}}", "7")]
    [InlineData("{{#each traits.tags}}{{@index}}:{{this}} {{/each}}", "0:a 1:b ")]
    [InlineData("{{#each event.properties.lines}}{{name}} x{{qty}};{{/each}}", "Cup x2;Jug x1;")]
    [InlineData("{{#each traits.none}}x{{else}}empty{{/each}}", "empty")]
    [InlineData("{{#if traits.pro}}yes{{else}}no{{/if}}{{#unless traits.missing}}!{{/unless}}", "yes!")]
    [InlineData("{{#with event.properties}}{{total}}{{/with}}", "49.50")]
    [InlineData("{{#if (eq traits.plan \"pro\")}}P{{/if}}{{#if (ne traits.plan 'pro')}}N{{/if}}", "P")]
    [InlineData("{{#if (gt traits.points 100)}}G{{/if}}{{#if (lt traits.points 100)}}L{{/if}}{{#if (gt traits.name 1)}}?{{/if}}", "G")]
    [InlineData("{{#if (and traits.pro (not traits.missing))}}A{{/if}}{{#if (or traits.missing traits.zero)}}O{{/if}}", "A")]
    [InlineData("{{default traits.missing traits.empty \"there\"}}", "there")]
    [InlineData("{{uppercase traits.name}} {{lowercase traits.name}} {{capitalize traits.plan}} {{truncate traits.long 6}}", "ADA ada Pro a bit…")]
    [InlineData("{{money event.properties.total \"EUR\"}} {{money 123456 \"USD\" minor=true}} {{money -3 \"JPY\"}} {{money 5 \"CHF\"}} {{money \"x\" \"EUR\"}}", "€49.50 $1,234.56 -¥3 CHF\u00a05.00 ")]
    [InlineData("{{date '0001-01-01T00:00:00Z' 'yyyy-MM-dd' zone='America/New_York'}} {{date '9999-12-31T23:59:59.999Z' 'yyyy-MM-dd' zone='Asia/Tokyo'}}", "0001-01-01 9999-12-31")]
    [InlineData("{{date traits.born}} {{date traits.born \"yyyy-MM-dd HH:mm\" zone=\"Europe/Berlin\"}} {{date 0 \"yyyy\"}} {{date traits.name}}", "2 May 2024 2024-05-02 12:30 1970 ")]
    [InlineData("{{number traits.points 0}} {{number event.properties.total 1}}", "1,234,567 49.5")]
    [InlineData("{{plural traits.tags.length \"tag\" \"tags\"}} {{plural 1 \"tag\" \"tags\"}}", "tags tag")]
    [InlineData("{{url traits.url}}", "a%20b%26c%3Dd")]
    [InlineData("{{json traits.quote}} {{json traits.missing}} {{json event.properties.lines}}", "\"say \\\"hi\\\" <b>\" null [{\"name\":\"Cup\",\"qty\":2},{\"name\":\"Jug\",\"qty\":1}]")]
    [InlineData("{{traits.quote}}", "say \"hi\" <b>")]
    [InlineData("{{!-- a {{comment}} --}}x{{! another }}", "x")]
    public void A_text_part_renders(string source, string expected)
    {
        Assert.Equal(expected, Text(source));
    }

    [Fact]
    public void Html_escapes_values_and_the_other_parts_do_not()
    {
        var result = _renderer.Render(new TemplateDefinition("t", "{{traits.quote}}", "<p title=\"{{traits.quote}}\">{{default traits.quote 1}} {{json traits.quote}}</p>", "{{traits.quote}}", "h"), Data);

        Assert.Equal("", result.Error);
        Assert.Equal("say \"hi\" <b>", result.Content!.Subject);
        Assert.Equal("say \"hi\" <b>", result.Content.Text);
        Assert.DoesNotContain("<b>", result.Content.Html, StringComparison.Ordinal);
        Assert.Contains("<p title=\"say &quot;hi&quot; &lt;b&gt;\">say &quot;hi&quot; &lt;b&gt;", result.Content.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_subject_stays_one_line_whatever_a_trait_holds()
    {
        var data = Encoding.UTF8.GetBytes("""{"traits":{"name":"Eve\r\nBcc: all@example.com\u2028x\u0000"}}""");

        var subject = _renderer.Render(new TemplateDefinition("t", "Hi {{traits.name}}\n", "", "", ""), data).Content!.Subject;

        Assert.Equal("Hi Eve Bcc: all@example.com x", subject);
    }

    [Fact]
    public void Variables_win_over_the_data()
    {
        var result = _renderer.Render(new TemplateDefinition("t", "{{campaign}}", "", "", ""), """{"campaign":"from data"}"""u8, new Dictionary<string, string>(StringComparer.Ordinal) { ["campaign"] = "welcome" });

        Assert.Equal("welcome", result.Content!.Subject);
    }

    [Fact]
    public void The_culture_of_the_thread_changes_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.DateTimeFormat.MonthNames = [.. Enumerable.Range(1, 13).Select(i => "M" + i)];
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.Equal("49.50 €49.50 0.1 2 May 2024", Text("{{event.properties.total}} {{money event.properties.total 'EUR'}} {{traits.ratio}} {{date traits.born}}"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("one\ntwo {{#if x}}never closed", 2, "if")]
    [InlineData("one\n\n{{shout traits.name}}", 3, "There is no helper 'shout'. Helpers are: and, capitalize, date")]
    [InlineData("{{#if (larger 1 2)}}x{{/if}}", 1, "There is no helper 'larger'")]
    [InlineData("{{#repeat 3}}x{{/repeat}}", 1, "There is no block '#repeat'. Blocks are: each, if, unless, with.")]
    [InlineData("a\n{{> header}}", 2, "Partials")]
    [InlineData("{{#*inline \"x\"}}{{/inline}}", 1, "Partials")]
    [InlineData("a\n{{traits.name", 2, "no matching '}}'")]
    [InlineData("{{/if}}", 1, "not open here")]
    [InlineData("{{{{raw}}}} x {{{{/raw}}}}", 1, "Raw blocks")]
    [InlineData("{{#if a}}\n{{#each b}}{{/if}}{{/each}}", 2, "'{{/if}}' closes a block that is not open here")]
    [InlineData("{{^traits.pro}}x{{/traits.pro}}", 1, "use '{{#unless'")]
    [InlineData("{{#traits.pro}}x{{/traits.pro}}", 1, "There is no block '#traits.pro'")]
    [InlineData("{{&traits.pro}}", 1, "'{{{'")]
    [InlineData("{\"a\":{{json traits.name}}}", 1, "put a space")]
    [InlineData("{{}}", 1, "names nothing")]
    public void A_check_names_part_line_and_cause(string source, int line, string cause)
    {
        var error = TemplateRenderer.Check(new TemplateDefinition("t", "fine", source, "", "h"))[0];

        Assert.Equal("html", error.Part);
        Assert.Equal(line, error.Line);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        var rendered = _renderer.Render(new TemplateDefinition("t", "fine", source, "", "h"), Data);
        Assert.Null(rendered.Content);
        Assert.StartsWith("template t: html, line " + line, rendered.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 64, "")]
    [InlineData(65, 1, "Blocks stand more than 64 levels inside each other.")]
    [InlineData(20_000, 1, "Blocks stand more than 64 levels inside each other.")]
    [InlineData(1, 65, "Calls in parentheses stand more than 64 levels inside each other.")]
    [InlineData(1, 200_000, "Calls in parentheses stand more than 64 levels inside each other.")]
    public void What_stands_inside_each_other_is_bounded(int blocks, int calls, string error)
    {
        var call = string.Concat(Enumerable.Repeat("(uppercase ", calls)) + "traits.name" + new string(')', calls);
        var source = string.Concat(Enumerable.Repeat("{{#if traits.name}}", blocks)) + $"{{{{uppercase {call}}}}}" + string.Concat(Enumerable.Repeat("{{/if}}", blocks));

        var errors = TemplateRenderer.Check(new TemplateDefinition("t", "", source, "", ""));

        Assert.Equal(error, errors.Count == 0 ? "" : Assert.Single(errors).Message);
    }

    [Theory]
    [InlineData("{{#each traits.tags as |tag i|}}{{tag}}{{i}}{{/each}}")]
    [InlineData("{{#if a}}x{{else if b}}y{{else}}z{{/if}}")]
    [InlineData("{{~#if a~}} x {{~/if~}}")]
    [InlineData("{{{traits.html}}} \\{{not.a.tag x}}")]
    [InlineData("{{lookup traits 'plan'}} {{#if a}}x{{^}}y{{/if}}")]
    [InlineData("{{default (lookup traits 'a') '}}'}}")]
    public void A_check_accepts_what_handlebars_offers(string source)
    {
        Assert.Empty(TemplateRenderer.Check(new TemplateDefinition("t", "", source, "", "")));
        Assert.Equal("", _renderer.Render(new TemplateDefinition("t", "", source, "", ""), Data).Error);
    }

    /// <summary>What the check of names takes for granted of blocks.</summary>
    [Theory]
    [InlineData("{{#each traits.tags}}{{traits.name}}{{../traits.name}}{{#if this}}{{../traits.name}}{{/if}}{{@root.traits.name}}{{/each}}", "AdaAdaAdaAdaAdaAda")]
    [InlineData("{{#each traits.none}}{{else}}{{traits.name}}{{/each}}{{#with traits.none}}{{else}}{{traits.name}}{{/with}}", "AdaAda")]
    [InlineData("{{#if traits.pro}}{{traits.name}}{{this.traits.name}}{{./traits.name}}{{this/traits/name}}{{/if}}", "AdaAdaAdaAda")]
    public void Names_in_blocks_mean(string source, string expected)
    {
        Assert.Equal(expected, Text(source));
    }

    [Fact]
    public void Every_documented_example_of_a_helper_passes_the_check()
    {
        foreach (var helper in TemplateHelpers.All)
        {
            var source = helper.Example.StartsWith("{{#if", StringComparison.Ordinal) ? helper.Example + "x{{/if}}" : helper.Example;
            Assert.Empty(TemplateRenderer.Check(new TemplateDefinition("t", "", "", source, "")));
        }
    }

    [Fact]
    public void Every_helper_stands_in_the_docs_as_the_code_describes_it()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Triggers.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        var docs = File.ReadAllText(Path.Combine(folder, "docs", "templates.md"));
        foreach (var helper in TemplateHelpers.All)
        {
            Assert.Contains($"| `{helper.Name}` | `{helper.Example}` | {helper.Help} |", docs, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_template_that_writes_without_end_is_stopped()
    {
        var data = Encoding.UTF8.GetBytes("{\"l\":[" + string.Join(',', Enumerable.Repeat("\"0123456789\"", 1_000)) + "]}");

        var result = _renderer.Render(new TemplateDefinition("t", "", "", "{{#each l}}{{#each ../l}}{{#each ../../l}}{{this}}{{/each}}{{/each}}{{/each}}", ""), data);

        Assert.Contains("more than 1048576 characters", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void Data_that_is_no_object_is_an_error_and_not_an_exception(string data)
    {
        Assert.Contains("not a JSON object", _renderer.Render(new TemplateDefinition("t", "x", "", "", ""), Encoding.UTF8.GetBytes(data)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_compiled_template_renders_on_many_threads()
    {
        var template = new TemplateDefinition("t", "{{traits.n}}", "<b>{{traits.n}}</b>", "{{#each traits.l}}{{this}}{{/each}}", "hash");

        await Parallel.ForAsync(0, 500, (i, _) =>
        {
            var result = _renderer.Render(template, Encoding.UTF8.GetBytes($$$"""{"traits":{"n":{{{i}}},"l":[{{{i}}},{{{i}}}]}}"""));
            Assert.Equal(new RenderedTemplate($"{i}", $"<b>{i}</b>", $"{i}{i}"), result.Content);
            return ValueTask.CompletedTask;
        });
    }

    private static readonly byte[] Data = Encoding.UTF8.GetBytes("""
        {"traits":{"name":"Ada","plan":"pro","pro":true,"points":1234567,"zero":0,"ratio":0.1,"empty":"","nothing":null,"none":[],"tags":["a","b"],
          "born":"2024-05-02T10:30:00Z","long":"a bit of text","quote":"say \"hi\" <b>","url":"a b&c=d","html":"<i>x</i>"},
         "event":{"name":"Order Completed","properties":{"total":49.50,"Order Total":7,"lines":[{"name":"Cup","qty":2},{"name":"Jug","qty":1}]}}}
        """);

    private string Text(string source)
    {
        var result = _renderer.Render(new TemplateDefinition("t", "", "", source, ""), Data);
        Assert.Equal("", result.Error);
        return result.Content!.Text;
    }
}
