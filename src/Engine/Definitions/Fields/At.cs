using Triggers.Engine.Definitions.Yaml;

namespace Triggers.Engine.Definitions.Fields;

/// <summary>A node under its name: where reading stands in a file.</summary>
/// <param name="Path">Of the field: <c>steps[2].branch[0].when</c>.</param>
internal sealed record At(LoadContext Context, DefinitionFile Document, string Path, YamlNode Node)
{
    public At Child(string name, YamlNode node) => this with { Path = Path.Length == 0 ? name : $"{Path}.{name}", Node = node };

    public At Item(int index, YamlNode node) => this with { Path = $"{Path}[{index}]", Node = node };

    public void Fail(string message) => FailAt(Node.Line, Node.Column, message);

    public void FailAt(int line, int column, string message) => Context.Errors.Add(Document.Path, line, column, Path, message);
}
