using System.Net.Sockets;
using Triggers.Silo.Serve;

namespace Triggers.Silo.Import;

/// <summary>Finds out who takes an import that names a data folder: the server that runs on it, or the folder itself.</summary>
public static class ImportTarget
{
    public static async Task<IImportSink> OpenAsync(string data, StoreChoice choice, string? key, string? definitions, CancellationToken cancellation)
    {
        if (DataFolder.ReadAddress(data) is { } address && Uri.TryCreate(address, UriKind.Absolute, out var server) && await AnswersAsync(server, cancellation))
        {
            return new HttpImportSink(server, key ?? DataFolder.ReadKey(data) ?? "");
        }

        return await LocalImportSink.OpenAsync(data, choice, definitions, TimeProvider.System, cancellation);
    }

    /// <summary>A killed server leaves its address behind.</summary>
    private static async Task<bool> AnswersAsync(Uri server, CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
