using System.Xml.Linq;

namespace Triggers.Tidy.Tests;

public sealed class DependencyTests
{
    [Fact]
    public void Every_room_is_known()
    {
        var rooms = Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName).Order(StringComparer.Ordinal);

        Assert.Equal(Repository.AllowedReferences.Keys.Order(StringComparer.Ordinal), rooms);
    }

    [Fact]
    public void Rooms_reference_only_the_rooms_below_them()
    {
        var wrong = new List<string>();
        foreach (var (room, allowed) in Repository.AllowedReferences)
        {
            var project = XDocument.Load(Path.Combine(Repository.Root, "src", room, room + ".csproj"));
            var references = project.Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
            wrong.AddRange(references.Except(allowed, StringComparer.Ordinal).Select(reference => $"src/{room} references {reference}; it may reference: {string.Join(", ", allowed)}"));
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        var wrong = Repository.Files(".", "*.csproj")
            .Where(path => XDocument.Load(path).Descendants("PackageReference").Any(reference => reference.Attribute("Version") is not null))
            .Select(path => $"{Repository.Relative(path)} gives a package version; versions belong in Directory.Packages.props");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_on_disk_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Triggers.sln")).Replace('\\', '/');
        var missing = Repository.Files(".", "*.csproj").Select(Repository.Relative).Where(path => !solution.Contains(path, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_test_command_finds_test_projects_by_glob_so_that_none_is_forgotten()
    {
        Assert.Contains("tests/*/*.csproj", File.ReadAllText(Path.Combine(Repository.Root, "test")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_test_project_has_tests()
    {
        var empty = Directory.GetDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests")
            .Where(folder => !Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any(path => File.ReadAllText(path).Contains("Fact", StringComparison.Ordinal)))
            .Select(Repository.Relative);

        Assert.Empty(empty);
    }
}
