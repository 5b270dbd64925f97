using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Triggers.Engine.Definitions;
using Triggers.Runtime.Definitions;
using Triggers.Web.Tests.Support;

namespace Triggers.Web.Tests.Api;

/// <summary>Definitions and templates: read, reloaded, applied, previewed.</summary>
public sealed class DefinitionsApiTests : ApiTestBase
{
    [Fact]
    public async Task Invalid_definitions_change_nothing_and_say_why()
    {
        Host.Definitions.Next = new ReloadResult(false, false, 3, [new DefinitionError("segments.yaml", 2, 5, "big", "There is no event 'x'.")]);

        using var answer = await Host.Manager.PostAsync("/api/v1/definitions/reload", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var error = problem.GetProperty("errors")[0];
        Assert.Equal(("segments.yaml", 2), (error.GetProperty("file").GetString(), error.GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task Valid_definitions_answer_their_version()
    {
        using var answer = await Host.Manager.PostAsync("/api/v1/definitions/reload", null);

        Assert.Equal(4, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Definitions_show_the_write_keys()
    {
        var definitions = await GetAsync("/definitions");

        Assert.Equal("shop-web-key", definitions.GetProperty("sources")[0].GetProperty("writeKey").GetString());
        Assert.Equal("sources.yaml", definitions.GetProperty("files")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Every_kind_of_definition_file_has_a_schema()
    {
        var schemas = (await GetAsync("/definitions/schema")).GetProperty("items").EnumerateArray().ToList();

        Assert.Contains("segments", schemas.Select(schema => schema.GetProperty("id").GetString()));
        Assert.All(schemas, schema => Assert.StartsWith("https://json-schema.org/", schema.GetProperty("schema").GetProperty("$schema").GetString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Templates_are_previewed_and_sent_as_tests()
    {
        using var preview = await Host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/preview", new { customer = "ann" });
        using var sent = await Host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/test-send", new { customer = "ann", to = "me@example.com" });
        using var incomplete = await Host.Manager.PostAsJsonAsync("/api/v1/templates/welcome/test-send", new { customer = "ann" });
        using var unknown = await Host.Manager.PostAsJsonAsync("/api/v1/templates/nothing/preview", new { customer = "ann" });
        using var broken = await Host.Manager.PostAsync("/api/v1/templates/welcome/preview", WebHost.Json("{"));

        Assert.Equal("Hello", (await preview.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("subject").GetString());
        Assert.Equal("sent to me@example.com", (await sent.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("outcome").GetString());
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (incomplete.StatusCode, unknown.StatusCode, broken.StatusCode));
    }

    [Theory]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did('page')"}],"expected":3}""", HttpStatusCode.OK, "added")]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did('page')"}],"expected":2}""", HttpStatusCode.Conflict, "Version 3 of the definitions is in force, not 2")]
    [InlineData("""{"files":[{"path":"segments.yaml","text":"fans: did("}]}""", HttpStatusCode.UnprocessableEntity, "segments.yaml")]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "'files' is missing")]
    public async Task Files_are_applied_or_refused_with_the_reason(string body, HttpStatusCode status, string says)
    {
        using var answer = await Host.Manager.PutAsync("/api/v1/definitions", WebHost.Json(body));

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(says, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
