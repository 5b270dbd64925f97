using YamlDotNet.RepresentationModel;

namespace Triggers.Deploy.Tests;

/// <summary>The files of deploy/ in the tree this test was built from.</summary>
internal static class Files
{
    public static string Root { get; } = FindRoot();

    public static string Deploy => Path.Combine(Root, "deploy");

    public static string Text(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    /// <summary>Every document of every file of a folder, with the file's name.</summary>
    public static IEnumerable<(string File, YamlMappingNode Document)> Yaml(string folder)
        => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.y*ml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .SelectMany(path => Documents(path).Select(document => (Path.GetRelativePath(Root, path), document)));

    public static List<YamlMappingNode> Documents(string path)
    {
        using var reader = new StreamReader(Path.Combine(Root, path));
        var stream = new YamlStream();
        // Merge keys (<<) of compose files are left as they are: what is asked of them is asked of the anchors.
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    public static YamlNode? At(this YamlNode node, string path)
    {
        foreach (var name in path.Split('/'))
        {
            if (node is YamlSequenceNode list && int.TryParse(name, out var index) && index < list.Children.Count)
            {
                node = list.Children[index];
            }
            else if (node is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(name), out node!))
            {
                return null;
            }
        }

        return node;
    }

    public static string Scalar(this YamlNode node, string path) => node.At(path) is YamlScalarNode { Value: { } value } ? value : throw new InvalidDataException($"There is no {path} in {node}.");

    public static IEnumerable<YamlNode> List(this YamlNode node, string path) => node.At(path) is YamlSequenceNode list ? list.Children : [];

    public static Dictionary<string, YamlNode> Map(this YamlNode? node) => node is YamlMappingNode map ? map.Children.ToDictionary(child => ((YamlScalarNode)child.Key).Value!, child => child.Value, StringComparer.Ordinal) : [];

    public static Dictionary<string, string> Labels(this YamlNode node, string path) => node.At(path).Map().ToDictionary(each => each.Key, each => ((YamlScalarNode)each.Value).Value!, StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Triggers.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"Triggers.sln is in no folder above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
