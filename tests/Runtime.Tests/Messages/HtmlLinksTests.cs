using FsCheck;
using FsCheck.Fluent;
using Triggers.Runtime.Messages;

namespace Triggers.Runtime.Tests.Messages;

public sealed class HtmlLinksTests
{
    [Theory]
    [InlineData("<a href=\"https://x.example/a\">", "<a href=\"[https://x.example/a]\">")]
    [InlineData("<A class=b HREF='https://x.example/a' id=c>", "<A class=b HREF=\"[https://x.example/a]\" id=c>")]
    [InlineData("<a href=https://x.example/a>", "<a href=\"[https://x.example/a]\">")]
    [InlineData("<a\n  href = \"https://x.example/a\"\n>", "<a\n  href = \"[https://x.example/a]\"\n>")]
    [InlineData("<a href=\" https://x.example/a?b=1&amp;c=2 \">", "<a href=\"[https://x.example/a?b=1&amp;c=2]\">")]
    [InlineData("<a title=\"1 > 0\" href=\"https://x.example/a\">", "<a title=\"1 > 0\" href=\"[https://x.example/a]\">")]
    [InlineData("<a data-href=\"https://x.example/no\" href=\"https://x.example/a\">", "<a data-href=\"https://x.example/no\" href=\"[https://x.example/a]\">")]
    [InlineData("<a href=\"https://x.example/1\" href=\"https://x.example/2\">", "<a href=\"[https://x.example/1]\" href=\"https://x.example/2\">")]
    [InlineData("<map><area href=\"https://x.example/a\"/></map>", "<map><area href=\"[https://x.example/a]\"/></map>")]
    [InlineData("<a href=\"mailto:a@example.com\"><a href=\"#top\"><a href=\"tel:1\"><a href=\"\"><a href><a>", null)]
    [InlineData("<a data-track=\"off\" href=\"https://x.example/a\">", null)]
    [InlineData("<a href=\"https://x.example/a\" data-track=off>", null)]
    [InlineData("<!-- <a href=\"https://x.example/a\"> -->", null)]
    [InlineData("<!--[if mso]><a href=\"https://x.example/a\"><![endif]-->", null)]
    [InlineData("<style>a > b {} <a href=\"https://x.example/a\"></style><script>'<a href=\"https://x.example/a\">'</script>", null)]
    [InlineData("<title><a href=\"https://x.example/a\"></title>", null)]
    [InlineData("<link href=\"https://x.example/a\"><img src=\"https://x.example/a\"><abbr href=\"https://x.example/a\">", null)]
    [InlineData("1 < 2 <3 <", null)]
    [InlineData("<a href=\"https://x.example/a", null)]
    [InlineData("<a href=", null)]
    [InlineData("<a href='", null)]
    [InlineData("<!-- never closed <a href=\"https://x.example/a\">", null)]
    [InlineData("<script>never closed <a href=\"https://x.example/a\">", null)]
    [InlineData("<a/href=https://x.example/a>", "<a/href=\"[https://x.example/a]\">")]
    public void Links_are_replaced_and_nothing_else(string html, string? expected)
    {
        var result = HtmlLinks.Rewrite(html, link => link.StartsWith("http", StringComparison.Ordinal) ? $"[{link}]" : null, "");

        Assert.Equal(expected ?? html, result);
    }

    [Theory]
    [InlineData("<html><body>x</body></html>", "<html><body>x*</body></html>")]
    [InlineData("<BODY>x</BODY >", "<BODY>x*</BODY >")]
    [InlineData("<p>x</p>", "<p>x</p>*")]
    [InlineData("<body><!-- </body> -->x</body>", "<body><!-- </body> -->x*</body>")]
    [InlineData("<body><script>'</body>'</script>x</body>", "<body><script>'</body>'</script>x*</body>")]
    public void The_pixel_stands_at_the_end_of_the_body(string html, string expected) => Assert.Equal(expected, HtmlLinks.Rewrite(html, _ => null, "*"));

    [Fact]
    public void Random_markup_is_walked_to_its_end()
    {
        Prop.ForAll(
            Gen.Elements("<", ">", "a", " ", "href", "=", "\"", "'", "https://x.example/", "<!--", "-->", "</body>", "<a ", "<script>", "</script>", "/", "data-track=off", "&amp;", "\n").ListOf().ToArbitrary(),
            pieces =>
            {
                var html = string.Concat(pieces);
                return HtmlLinks.Rewrite(html, _ => null, "") == html;
            }).QuickCheckThrowOnFailure();
    }
}
