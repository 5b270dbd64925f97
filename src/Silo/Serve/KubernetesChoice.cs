using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Configuration;
using Triggers.Grains;
using Triggers.Silo.Cli;

namespace Triggers.Silo.Serve;

/// <summary>Whether a silo watches the pods of its cluster (<c>--kubernetes</c>), and what its own pod has told it.</summary>
public static class KubernetesChoice
{
    private const string Key = "Cluster:Kubernetes", ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Values of labels are no longer.</summary>
    private const int LabelLengthMax = 63;

    public static Option<bool> Option { get; } = new("--kubernetes") { Description = "A silo in a pod: its name, address and cluster are the pod's, and a silo whose pod is deleted is dead at once; also Cluster:Kubernetes." };

    public static bool IsAsked(IConfiguration configuration, bool given) => given || configuration[Key]?.ToLowerInvariant() switch
    {
        null or "" or "false" => false,
        "true" => true,
        _ => throw new UserErrorException($"{Key} is '{configuration[Key]}': true or false was expected.", ExitCodes.Usage),
    };

    /// <summary>The settings of a silo in a pod, or why it is in none.</summary>
    public static ClusterSettings InPod(ClusterSettings settings, bool hasAddress, bool hasClusterId, bool hasServiceId, Func<string, string?> variable, Func<string, bool> exists)
    {
        if (!ClusterHost.HasKubernetes)
        {
            throw new UserErrorException("--kubernetes: this build has no Orleans Kubernetes hosting, since its package could not be restored. Build it where it can, or leave the option out.", ExitCodes.Usage);
        }

        string[] needed = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", KubernetesPod.NameVariable, KubernetesPod.NamespaceVariable, KubernetesPod.AddressVariable];
        string[] missing = [.. needed.Where(name => string.IsNullOrWhiteSpace(variable(name))), .. new[] { $"{ServiceAccount}/token", $"{ServiceAccount}/ca.crt" }.Where(file => !exists(file))];
        if (missing.Length > 0)
        {
            throw new UserErrorException(
                $"--kubernetes is for a silo in a pod that may read pods, and this process lacks {string.Join(", ", missing)}. In a pod: set POD_NAME, POD_NAMESPACE and POD_IP by fieldRef and automountServiceAccountToken: true, as deploy/kubernetes/silo.yaml does. "
                + "Elsewhere leave the option out: silos find each other without it.", ExitCodes.Usage);
        }

        var address = variable(KubernetesPod.AddressVariable)!;
        return settings with
        {
            IsInPod = true,
            ClusterId = Id("cluster", settings.ClusterId, hasClusterId, KubernetesPod.ClusterIdVariable, variable),
            ServiceId = Id("service", settings.ServiceId, hasServiceId, KubernetesPod.ServiceIdVariable, variable),
            Address = hasAddress ? settings.Address : IPAddress.TryParse(address, out var ip) ? ip : throw new UserErrorException($"{KubernetesPod.AddressVariable} is '{address}': an address was expected.", ExitCodes.Usage),
        };
    }

    /// <summary>Labels are what the pods of a cluster are found by: they and the settings that web processes have agree.</summary>
    private static string Id(string what, string set, bool isSet, string name, Func<string, string?> variable)
    {
        var labelled = variable(name);
        var id = string.IsNullOrWhiteSpace(labelled) ? set : labelled;
        if (isSet && !string.Equals(id, set, StringComparison.Ordinal))
        {
            throw new UserErrorException($"The {what}'s id is '{set}' by the settings and '{id}' by {name}, the pod's label: give both the same, lest web processes look for another cluster.", ExitCodes.Usage);
        }

        return id.Length <= LabelLengthMax && char.IsAsciiLetterOrDigit(id[0]) && char.IsAsciiLetterOrDigit(id[^1]) && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? id
            : throw new UserErrorException($"The {what}'s id '{id}' is to be a label of pods: up to {LabelLengthMax} letters, digits, '-', '_' and '.', a letter or digit first and last, were expected.", ExitCodes.Usage);
    }
}
