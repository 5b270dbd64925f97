using System.CommandLine;
using Triggers.Engine.Definitions;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Definitions;

/// <summary><c>triggers validate DIR</c>: the check of a reload, without a server.</summary>
public static class ValidateCommand
{
    private static readonly Argument<string> _folder = new("DIR") { Description = "Folder of definitions." };

    public static Command Create()
    {
        var command = new Command("validate", "Check a folder of definitions; every error with file, line and field.") { _folder };
        command.SetAction(parsed => Run(parsed.GetValue(_folder)!));
        return command;
    }

    private static int Run(string folder)
    {
        var result = DefinitionFolder.Load(DefinitionsPath.Resolve(folder));
        if (result.Definitions is { } found)
        {
            Console.WriteLine($"valid: {found.Segments.Count} segments, {found.Campaigns.Count} campaigns, {found.Templates.Count} templates, {found.Sources.Count} sources");
            if (found.Sources.Count == 0)
            {
                Console.Error.WriteLine("warning: without a source in sources.yaml nobody can send events");
            }

            return ExitCodes.Ok;
        }

        foreach (var error in result.Errors)
        {
            Console.WriteLine(error);
        }

        Console.Error.WriteLine($"{result.Errors.Count} error{(result.Errors.Count == 1 ? "" : "s")} in {folder}");
        return ExitCodes.Partial;
    }
}
