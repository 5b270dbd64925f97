using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Import;

/// <summary>Finds out who is to take an import that names a data folder: the server that runs on it.</summary>
public static class ImportTarget
{
    public static Task<IImportSink> OpenAsync(string data, string? key, string? definitions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (DataFolder.ReadAddress(data) is { } address)
        {
            return Task.FromResult<IImportSink>(new HttpImportSink(new Uri(address), key ?? DataFolder.ReadKey(data) ?? ""));
        }

        throw new UserErrorException($"No server runs on {Path.GetFullPath(data)}: name it with --url.");
    }
}
