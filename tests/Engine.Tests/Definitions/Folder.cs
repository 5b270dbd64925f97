using Triggers.Engine.Definitions;

namespace Triggers.Engine.Tests.Definitions;

/// <summary>A definitions folder in memory, so that a test shows just what it is about.</summary>
internal static class Folder
{
    public const string Welcome = """
        campaign: welcome
        trigger: { event: Signed Up }
        steps:
          - send: { channel: email, template: welcome }
        """;

    public static (string Path, string Text)[] Template { get; } = [("templates/welcome.subject.hbs", "Hello"), ("templates/welcome.text.hbs", "Hello {{traits.name}}")];

    public static DefinitionResult Load(params (string Path, string Text)[] files) =>
        DefinitionLoader.Load(files.Select(file => new DefinitionFile(file.Path, file.Text)).ToList());

    public static DefinitionResult LoadCampaign(string text, params (string Path, string Text)[] more) =>
        Load([("campaigns/it.yaml", text), .. Template, .. more]);

    public static DefinitionSet Valid(DefinitionResult result)
    {
        Assert.True(result.IsValid, string.Join('\n', result.Errors));
        return result.Definitions!;
    }
}
