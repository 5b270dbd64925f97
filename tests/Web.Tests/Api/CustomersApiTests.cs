using System.Net;
using Triggers.Storage;

namespace Triggers.Web.Tests.Api;

/// <summary>Customers: found, merged and split, explained, expected to buy, erased.</summary>
public sealed class CustomersApiTests : ApiTestBase
{
    [Theory]
    [InlineData("ann")]
    [InlineData("u:ann")]
    [InlineData("a%2Fb")]
    public async Task A_customer_is_found_by_id_or_key(string id)
    {
        var customer = await GetAsync("/customers/" + id);

        Assert.Equal("pro", customer.GetProperty("traits").GetProperty("plan").GetString());
        Assert.Equal(2, customer.GetProperty("events").GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("/customers/ann/merge", """{"other":"u:ben"}""", HttpStatusCode.Accepted, "u:ann")]
    [InlineData("/customers/ann/merge", """{"other":"ann"}""", HttpStatusCode.Conflict, "one already")]
    [InlineData("/customers/ann/merge", "{}", HttpStatusCode.BadRequest, "'other' is missing")]
    [InlineData("/customers/nobody/merge", """{"other":"ann"}""", HttpStatusCode.NotFound, "no customer 'nobody'")]
    [InlineData("/customers/ann/split", """{"key":"tv"}""", HttpStatusCode.Accepted, "stays with this customer")]
    [InlineData("/customers/ann/split", """{"key":"u:ben"}""", HttpStatusCode.Conflict, "'u:ben' is none")]
    [InlineData("/customers/ann/split", "{}", HttpStatusCode.BadRequest, "'key' is missing")]
    public async Task Orders_to_merge_and_split_say_what_becomes_of_them(string path, string body, HttpStatusCode status, string word)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await Host.Manager.PostAsync("/api/v1" + path, content);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(word, (await answer.Content.ReadAsStringAsync()).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_merge_log_names_the_kinds_there_are()
    {
        using var answer = await Host.Manager.GetAsync("/api/v1/merges?kind=undone");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("merged, refused, split", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_is_of_now_or_of_an_instant_of_the_past()
    {
        Assert.Equal("in", (await GetAsync("/customers/ann/explain?segment=vip&campaign=")).GetProperty("outcome").GetString());
        Assert.Equal("2026-01-01T09:00:00+00:00", (await GetAsync("/customers/ann/explain?segment=vip&at=2026-01-01T10:00:00%2B01:00")).GetProperty("at").GetString());
    }

    [Fact]
    public async Task Erasures_under_way_are_listed()
    {
        Host.Store.Erasures.Add(new PendingErasure("u:ann", 1_000));

        var item = Assert.Single((await GetAsync("/erasures")).GetProperty("items").EnumerateArray());

        Assert.Equal(("u:ann", "1970-01-01T00:00:01+00:00"), (item.GetProperty("customerKey").GetString(), item.GetProperty("at").GetString()));
    }

    [Fact]
    public async Task The_models_of_purchases_and_what_they_expect_of_a_customer_are_shown()
    {
        var value = await GetAsync("/value");
        var predicted = (await GetAsync("/customers/ann")).GetProperty("predicted");

        Assert.Equal((0.243, 2357, 612), (value.GetProperty("purchases").GetProperty("r").GetDouble(), value.GetProperty("buyers").GetInt32(), value.GetProperty("holdOut").GetProperty("actual").GetInt32()));
        Assert.Equal((0.75, 1.25, 80.1), (predicted.GetProperty("alive").GetDouble(), predicted.GetProperty("purchases90Days").GetDouble(), predicted.GetProperty("lifetimeValue").GetDouble()));
    }
}
