using System.Net;
using Triggers.Grains;
using Triggers.Silo.Cli;
using Triggers.Silo.Serve;

namespace Triggers.Deploy.Tests;

/// <summary>What a silo takes from its pod, and what it says where it is in none.</summary>
public sealed class KubernetesChoiceTests
{
    private static readonly Dictionary<string, string> s_pod = new(StringComparer.Ordinal)
    {
        ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1",
        ["KUBERNETES_SERVICE_PORT"] = "443",
        [KubernetesPod.NameVariable] = "triggers-silo-0",
        [KubernetesPod.NamespaceVariable] = "triggers",
        [KubernetesPod.AddressVariable] = "10.1.2.3",
        [KubernetesPod.ClusterIdVariable] = "blue",
    };

    [BuiltFact]
    public void A_silo_takes_its_address_and_its_clusters_id_from_its_pod()
    {
        var settings = Read(new ClusterSettings(), s_pod);

        Assert.Equal((IPAddress.Parse("10.1.2.3"), "blue", "triggers", true), (settings.Address, settings.ClusterId, settings.ServiceId, settings.IsInPod));
    }

    [BuiltFact]
    public void Outside_of_a_pod_it_is_said_what_is_missing()
    {
        var error = Assert.Throws<UserErrorException>(() => KubernetesChoice.InPod(new ClusterSettings(), false, false, false, _ => null, _ => false));

        Assert.Contains("lacks KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, POD_NAME, POD_NAMESPACE, POD_IP, /var/run/secrets/kubernetes.io/serviceaccount/token", error.Message, StringComparison.Ordinal);
        Assert.Contains("leave the option out", error.Message, StringComparison.Ordinal);
    }

    [BuiltFact]
    public void An_id_that_is_another_by_the_settings_is_refused()
    {
        var error = Assert.Throws<UserErrorException>(() => Read(new ClusterSettings { ClusterId = "green" }, s_pod, isSet: true));

        Assert.Contains("'green' by the settings and 'blue' by ORLEANS_CLUSTER_ID", error.Message, StringComparison.Ordinal);
    }

    [BuiltFact]
    public void An_id_that_cannot_be_a_label_is_refused()
        => Assert.Contains("label of pods", Assert.Throws<UserErrorException>(() => Read(new ClusterSettings { ServiceId = new string('x', 64) }, s_pod)).Message, StringComparison.Ordinal);

    private static ClusterSettings Read(ClusterSettings settings, Dictionary<string, string> pod, bool isSet = false) =>
        KubernetesChoice.InPod(settings, false, isSet, isSet, name => pod.GetValueOrDefault(name), _ => true);

    /// <summary>A test of a build that has Orleans' Kubernetes hosting.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class BuiltFactAttribute : FactAttribute
    {
        public BuiltFactAttribute()
        {
            if (!ClusterHost.HasKubernetes)
            {
                Skip = "this build has no Orleans Kubernetes hosting: its package could not be restored";
            }
        }
    }
}
