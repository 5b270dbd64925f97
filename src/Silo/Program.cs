using Triggers.Silo.Cli;

return await CommandLine.RunAsync(args);
