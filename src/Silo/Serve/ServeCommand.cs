using System.CommandLine;

namespace Triggers.Silo.Serve;

/// <summary><c>triggers serve</c>: the server, until it is told to stop.</summary>
public static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Serve the event API, the dashboard and the management API, and send what is due.");
        foreach (var option in ServeOptions.All)
        {
            command.Add(option);
        }

        command.SetAction(parsed => ServerProcess.RunAsync(ServeOptions.From(parsed)));
        return command;
    }
}
