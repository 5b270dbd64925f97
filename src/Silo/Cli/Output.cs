using Spectre.Console;

namespace Triggers.Silo.Cli;

/// <summary>The console that commands write to. Where no person looks, lines are neither coloured nor wrapped: scripts and logs read them whole.</summary>
internal static class Output
{
    private const int UnwrappedWidth = 1_000;

    public static IAnsiConsole Console { get; } = Create();

    private static IAnsiConsole Create()
    {
        if (!System.Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        plain.Profile.Width = UnwrappedWidth;
        return plain;
    }
}
