using System.CommandLine;
using System.Text.RegularExpressions;
using Triggers.Silo.Serve;
using YamlDotNet.RepresentationModel;

namespace Triggers.Deploy.Tests;

/// <summary>Every setting and option that the files of deploy/ use is one that the program reads.</summary>
public sealed partial class SettingTests
{
    private static readonly Lazy<string> s_source = new(() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Files.Root, "src"), "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)));

    public static TheoryData<string, string> Settings()
    {
        var data = new TheoryData<string, string>();
        foreach (var (file, key) in FromCompose().Concat(FromKubernetes()).Concat(FromUnits()).Distinct())
        {
            data.Add(file, key);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void A_setting_is_one_that_the_program_reads(string file, string key)
    {
        var path = key.Replace("__", ":", StringComparison.Ordinal);
        var (section, name) = path.LastIndexOf(':') is > 0 and var colon ? (path[..colon], path[(colon + 1)..]) : ("", path);

        var isRead = s_source.Value.Contains($"\"{path}\"", StringComparison.Ordinal)
            || (s_source.Value.Contains($"\"{section}\"", StringComparison.Ordinal) && (s_source.Value.Contains($"\"{name}\"", StringComparison.Ordinal) || s_source.Value.Contains($"nameof({name})", StringComparison.Ordinal)));
        Assert.True(isRead, $"{file} sets {key}, which no source file reads");
    }

    [Fact]
    public void There_are_settings_to_look_at() => Assert.True(Settings().Count > 30, $"only {Settings().Count}");

    [Fact]
    public void Options_of_serve_are_ones_that_it_has()
    {
        var known = ServeOptions.All.Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        var used = Units().Select(path => (File: path, Line: File.ReadAllText(path)))
            .Append(("Dockerfile", string.Join(' ', CommandOf(Files.Text("deploy/container/Dockerfile")))))
            .SelectMany(each => each.Item2.Split('\n').Where(line => line.Contains("serve", StringComparison.Ordinal)).SelectMany(line => Option().Matches(line).Select(match => (each.Item1, match.Value))))
            .Concat(Files.Yaml("deploy/kubernetes").SelectMany(each => each.Document.List("spec/template/spec/containers/0/args").Select(argument => (each.File, ((YamlScalarNode)argument).Value!)).Where(each => each.Item2.StartsWith("--", StringComparison.Ordinal))))
            .ToList();

        Assert.True(used.Count > 15, $"only {used.Count}");
        Assert.All(used, each => Assert.Contains(each.Item2, known));
    }

    internal static string[] CommandOf(string dockerfile)
        => [.. Quoted().Matches(dockerfile.Split('\n').Last(line => line.StartsWith("CMD", StringComparison.Ordinal))).Select(match => match.Groups[1].Value)];

    private static IEnumerable<(string, string)> FromCompose()
        => Files.Yaml("deploy/compose").SelectMany(each =>
        {
            var services = each.Document.At("services").Map().Where(service => service.Value.At("image") is not YamlScalarNode { Value: not "triggers" }).Select(service => service.Value.At("environment"));
            return services.Append(each.Document.At("x-environment")).SelectMany(environment => environment.Map().Keys).Where(key => key != "<<").Select(key => (each.File, key));
        });

    private static IEnumerable<(string, string)> FromKubernetes()
        => Files.Yaml("deploy/kubernetes").SelectMany(each => each.Document.Scalar("kind") switch
        {
            "ConfigMap" => each.Document.At("data").Map().Keys,
            "Secret" => each.Document.At("stringData").Map().Keys,
            "StatefulSet" or "Deployment" => each.Document.List("spec/template/spec/containers/0/env").Select(entry => entry.Scalar("name")),
            _ => Enumerable.Empty<string>(),
        }, (each, key) => (each.File, key));

    private static IEnumerable<(string, string)> FromUnits()
        => Units().SelectMany(path => Assignment().Matches(File.ReadAllText(path)).Select(match => (Path.GetFileName(path), match.Groups[1].Value))).Where(each => each.Item2 != "TRIGGERS_PORT");

    private static string[] Units() => Directory.GetFiles(Path.Combine(Files.Deploy, "systemd"), "*.service");

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex Option();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?:Environment=| |: )((?:Runtime|PublicUrl|ManagementKey|NodeName|Store__\w+|Cluster__\w+|Metrics__\w+|Channels__\w+|TRIGGERS_PORT))=")]
    private static partial Regex Assignment();
}
