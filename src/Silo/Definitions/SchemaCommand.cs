using System.CommandLine;
using Triggers.Engine.Definitions;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Definitions;

/// <summary><c>triggers schema</c>: JSON Schemas of the definition files, for editors.</summary>
public static class SchemaCommand
{
    private static readonly Argument<string?> _kind = new("KIND") { Description = "sources, segments, scoring, sending or campaign: print its schema. Without it, name them all.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> _output = new("--output") { Description = "Write every schema into this folder, as KIND.schema.json." };

    public static Command Create()
    {
        var command = new Command("schema", "JSON Schemas of the definition files, so that an editor completes and checks them.") { _kind, _output };
        command.SetAction(parsed => Run(parsed.GetValue(_kind), parsed.GetValue(_output)));
        return command;
    }

    private static int Run(string? kind, string? output)
    {
        var schemas = JsonSchema.Generate();
        if (output is not null)
        {
            Directory.CreateDirectory(output);
            foreach (var schema in schemas)
            {
                var path = Path.Combine(output, $"{schema.Id}.schema.json");
                File.WriteAllText(path, schema.Json + "\n");
                Console.WriteLine($"{path}  for {schema.Path}");
            }

            return ExitCodes.Ok;
        }

        if (kind is null)
        {
            foreach (var schema in schemas)
            {
                Console.WriteLine($"{schema.Id,-10} {schema.Path}");
            }

            return ExitCodes.Ok;
        }

        var found = schemas.FirstOrDefault(schema => string.Equals(schema.Id, kind, StringComparison.Ordinal))
            ?? throw new UserErrorException($"There is no schema '{kind}'. There are: {string.Join(", ", schemas.Select(schema => schema.Id))}.", ExitCodes.Usage);
        Console.WriteLine(found.Json);
        return ExitCodes.Ok;
    }
}
