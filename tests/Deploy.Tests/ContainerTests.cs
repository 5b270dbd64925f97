using YamlDotNet.RepresentationModel;

namespace Triggers.Deploy.Tests;

/// <summary>The image and the compose files, as far as they can be looked at without a container engine.</summary>
public sealed class ContainerTests
{
    private static readonly string[] s_dockerfile = [.. Files.Text("deploy/container/Dockerfile").Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];

    [Fact]
    public void What_the_image_is_built_from_is_there_and_is_sent_to_the_build()
    {
        var sources = s_dockerfile.Where(line => line.StartsWith("COPY", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToList();
        string[] sent = [.. Files.Text(".dockerignore").Split('\n').Where(line => line.StartsWith('!')).Select(line => line[1..])];

        Assert.True(sources.Count > 10, $"only {sources.Count}");
        Assert.All(sources, source =>
        {
            Assert.True(Path.Exists(Path.Combine(Files.Root, source)), $"COPY {source}: it is not there");
            Assert.True(sent.Any(each => source == each || source.StartsWith(each + "/", StringComparison.Ordinal)), $".dockerignore keeps {source} from the build");
        });
    }

    [Fact]
    public void Every_project_of_the_program_is_restored_before_the_sources_are_copied()
        => Assert.All(Directory.GetDirectories(Path.Combine(Files.Root, "src")).Select(Path.GetFileName), room => Assert.Contains($"COPY src/{room}/{room}.csproj src/{room}/", s_dockerfile));

    [Fact]
    public void The_image_has_the_cluster_host_a_user_without_rights_a_health_check_and_one_volume()
    {
        Assert.All(s_dockerfile.Where(line => line.Contains("dotnet restore", StringComparison.Ordinal) || line.Contains("dotnet publish", StringComparison.Ordinal)), line => Assert.Contains("-p:WithOrleans=true -p:WithKubernetes=true -p:WithMailKit=true", line, StringComparison.Ordinal));
        Assert.Contains("USER $APP_UID", s_dockerfile);
        Assert.Equal(["VOLUME /data"], s_dockerfile.Where(line => line.StartsWith("VOLUME", StringComparison.Ordinal)));
        Assert.Contains(s_dockerfile, line => line.StartsWith("HEALTHCHECK", StringComparison.Ordinal) && line.EndsWith("[\"/app/healthcheck\"]", StringComparison.Ordinal));
        Assert.DoesNotContain("curl", Files.Text("deploy/container/Dockerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_service_of_ours_is_read_only_and_without_rights()
    {
        Assert.All(Files.Yaml("deploy/compose"), each =>
        {
            foreach (var ours in each.Document.At("services").Map().Values.Append(each.Document.At("x-triggers")!).Where(service => service?.At("image") is YamlScalarNode { Value: "triggers" }))
            {
                Assert.Equal("true", ours.Scalar("read_only"));
                Assert.Equal("ALL", ours.Scalar("cap_drop/0"));
                Assert.Equal("no-new-privileges:true", ours.Scalar("security_opt/0"));
            }
        });
    }

    [Fact]
    public void What_a_service_names_is_declared_and_what_it_mounts_is_there()
    {
        foreach (var (file, document) in Files.Yaml("deploy/compose"))
        {
            var services = document.At("services").Map();
            foreach (var (name, service) in services.Append(new("x-triggers", document.At("x-triggers") ?? new YamlMappingNode())))
            {
                Assert.All(service.At("depends_on").Map().Keys, other => Assert.True(services.ContainsKey(other), $"{file}: {name} depends on {other}"));
                Assert.All(service.List("networks"), network => Assert.NotNull(document.At($"networks").Map().Keys.FirstOrDefault(each => each == ((YamlScalarNode)network).Value)));
                foreach (var volume in service.List("volumes").Select(each => ((YamlScalarNode)each).Value!.Split(':')[0]))
                {
                    Assert.True(
                        volume.StartsWith('.') ? Path.Exists(Path.Combine(Files.Deploy, "compose", volume)) : document.At("volumes").Map().ContainsKey(volume),
                        $"{file}: {name} mounts {volume}, which is not there");
                }
            }
        }
    }

    [Fact]
    public void Variables_of_the_compose_file_stand_in_the_example()
    {
        var example = Files.Text("deploy/compose/.env.example").Split('\n').Where(line => line.Contains('=', StringComparison.Ordinal)).Select(line => line.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        var used = System.Text.RegularExpressions.Regex.Matches(Files.Text("deploy/compose/compose.yaml"), @"\$\{(\w+)").Select(match => match.Groups[1].Value).Append("METRICS_KEY").ToHashSet(StringComparer.Ordinal);
        Assert.Equal(example.Order(), used.Order());
    }
}
