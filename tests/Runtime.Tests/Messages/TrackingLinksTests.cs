using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Triggers.Runtime.Messages;

namespace Triggers.Runtime.Tests.Messages;

public sealed class TrackingLinksTests
{
    private const string Id = "00112233445566778899aabbccddeeff";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly TrackingLinks _links = new("https://t.example/", Secret);

    /// <summary>Links live for years in inboxes: these are written down in docs/formats/tracking-token.md and must stay readable.</summary>
    [Theory]
    [InlineData(TrackingKind.Open, "", "EQARIjNEVWZ3iJmqu8zd7v-2yzMCYk3a3qjVs3M-UJM4")]
    [InlineData(TrackingKind.Click, "https://shop.example/?a=1&b=ü", "EgARIjNEVWZ3iJmqu8zd7v9odHRwczovL3Nob3AuZXhhbXBsZS8_YT0xJmI9w7yyki7OH3-YCWQv3nHEK21F")]
    [InlineData(TrackingKind.Unsubscribe, "", "EwARIjNEVWZ3iJmqu8zd7v-W6gUYd-saTxlAc5d0M14C")]
    public void Golden_tokens_stay_readable(TrackingKind kind, string target, string token)
    {
        Assert.Equal(token, Token(Make(kind, target)));
        Assert.True(_links.TryRead(token, kind, out var link));
        Assert.Equal(new TrackingLink(kind, Id, target), link);
    }

    [Fact]
    public void Links_stand_under_the_public_url()
    {
        Assert.StartsWith("https://t.example/o/", _links.Open(Id), StringComparison.Ordinal);
        Assert.StartsWith("https://t.example/c/", _links.Click(Id, "https://shop.example/"), StringComparison.Ordinal);
        Assert.StartsWith("https://t.example/u/", _links.Unsubscribe(Id), StringComparison.Ordinal);
        Assert.True(_links.IsOwn(_links.Unsubscribe(Id)));
        Assert.False(_links.IsOwn("https://t.example/unrelated"));
        Assert.False(_links.IsOwn("https://t.example.evil/u/x"));
    }

    [Fact]
    public void Every_id_and_target_comes_back()
    {
        Prop.ForAll(
            ArbMap.Default.GeneratorFor<Guid>().ToArbitrary(),
            ArbMap.Default.GeneratorFor<NonEmptyString>().ToArbitrary(),
            (id, path) =>
            {
                var target = "https://shop.example/" + new string([.. path.Get.Where(c => !char.IsSurrogate(c))]);
                var messageId = id.ToString("N");
                if (_links.Click(messageId, target) is not { } url)
                {
                    return !TrackingLinks.IsWebAddress(target) || Encoding.UTF8.GetByteCount(target) > TrackingLinks.TargetBytesMax;
                }

                return url.All(c => c < 128) && _links.TryRead(Token(url), TrackingKind.Click, out var link) && link == new TrackingLink(TrackingKind.Click, messageId, target);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_token_changed_anywhere_is_refused()
    {
        var token = Token(_links.Click(Id, "https://shop.example/offer")!);
        Prop.ForAll(
            Gen.Choose(0, token.Length - 1).ToArbitrary(),
            Gen.Elements("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .%\u00e9".ToCharArray()).ToArbitrary(),
            (at, c) => token[at] == c || !_links.TryRead(token[..at] + c + token[(at + 1)..], TrackingKind.Click, out _)).QuickCheckThrowOnFailure();
        Assert.Single("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", last => _links.TryRead(token[..^1] + last, TrackingKind.Click, out _));
        for (var length = 0; length < token.Length; length++)
        {
            Assert.False(_links.TryRead(token[..length], TrackingKind.Click, out _));
        }

        Assert.False(_links.TryRead(token + "A", TrackingKind.Click, out _));
        Assert.False(_links.TryRead(token + "=", TrackingKind.Click, out _));
        Assert.False(_links.TryRead(" " + token, TrackingKind.Click, out _));
        Assert.False(_links.TryRead(new string('A', 100_000), TrackingKind.Click, out _));
    }

    [Theory]
    [InlineData("https://shop.example/a?b=1#c", "https://shop.example/a?b=1#c")]
    [InlineData("https://bücher.example:8443/ü?q=ä b", "https://xn--bcher-kva.example:8443/%C3%BC?q=%C3%A4%20b")]
    public void A_redirect_goes_to_plain_ascii(string target, string location) => Assert.Equal(location, new TrackingLink(TrackingKind.Click, Id, target).Location);

    [Fact]
    public void A_token_is_good_for_its_kind_and_its_store_only()
    {
        var open = Token(_links.Open(Id));

        Assert.False(_links.TryRead(open, TrackingKind.Unsubscribe, out _));
        Assert.False(_links.TryRead(open, TrackingKind.Click, out _));
        Assert.False(new TrackingLinks("https://t.example", new byte[32]).TryRead(open, TrackingKind.Open, out _));
        Assert.True(new TrackingLinks("https://moved.example", Secret).TryRead(open, TrackingKind.Open, out _));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("mailto:a@example.com")]
    [InlineData("/path")]
    [InlineData("//host/path")]
    [InlineData("https://")]
    [InlineData("")]
    public void Only_web_addresses_become_redirects(string target) => Assert.Null(_links.Click(Id, target));

    [Fact]
    public void The_longest_target_fits_and_one_more_byte_does_not()
    {
        var longest = "https://shop.example/".PadRight(TrackingLinks.TargetBytesMax, 'x');

        Assert.True(_links.TryRead(Token(_links.Click(Id, longest)!), TrackingKind.Click, out _));
        Assert.InRange(_links.Click(Id, longest)!.Length, 1, 2_083);
        Assert.Null(_links.Click(Id, longest + "x"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("xyz")]
    [InlineData("0011223344556677")]
    [InlineData("g0112233445566778899aabbccddeeff")]
    public void A_message_id_that_is_none_is_a_bug(string id) => Assert.Throws<ArgumentException>(() => _links.Open(id));

    private string Make(TrackingKind kind, string target) => kind switch
    {
        TrackingKind.Open => _links.Open(Id),
        TrackingKind.Click => _links.Click(Id, target)!,
        _ => _links.Unsubscribe(Id),
    };

    private static string Token(string url) => url[(url.LastIndexOf('/') + 1)..];
}
