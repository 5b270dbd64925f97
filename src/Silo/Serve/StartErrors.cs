using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Triggers.Grains;
using Triggers.Runtime.Definitions;
using Triggers.Silo.Cli;
using Triggers.Storage;

namespace Triggers.Silo.Serve;

/// <summary>Turns what keeps a server from starting into the one sentence that its operator needs.</summary>
internal static class StartErrors
{
    /// <summary>The store's own refusals are written for people already.</summary>
    public static async Task<T> ExplainAsync<T>(Func<Task<T>> start, ClusterSettings? cluster = null)
    {
        try
        {
            return await start();
        }
        catch (StoreRefusedException error)
        {
            throw new UserErrorException(error.Message);
        }
        catch (Exception error) when (cluster is not null && IsAddressInUse(error))
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture,
                $"Port {cluster.SiloPort} or {cluster.GatewayPort} on {cluster.Address} is in use by another process. Silos on one machine need ports of their own: choose others with --silo-port and --gateway-port."));
        }
        catch (Exception error) when (cluster is { IsInPod: true } && ClusterHost.OfKubernetes(error) is { } reason)
        {
            throw new UserErrorException($"--kubernetes: the API server did not let this silo see its pod: {reason} See that it can be reached and that the Role of deploy/kubernetes/silo-rights.yaml is bound to the pod's service account.");
        }
        catch (DefinitionsInvalidException error)
        {
            throw new UserErrorException(error.Message);
        }
    }

    private static bool IsAddressInUse(Exception? error) =>
        error is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || (error is not null && IsAddressInUse(error.InnerException));

    public static async Task<T> ExplainListenAsync<T>(Func<Task<T>> start, ServeOptions options)
    {
        try
        {
            return await start();
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"Port {options.Port} on {options.Listen} is in use by another process. Stop that one, or choose another port with --port."));
        }
        catch (Exception error) when (error is SocketException || error.InnerException is SocketException)
        {
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"Cannot listen on {options.Listen}:{options.Port}: {(error as SocketException ?? error.InnerException)!.Message}. Choose another with --listen and --port."));
        }
    }
}
