using Triggers.Grains;
using YamlDotNet.RepresentationModel;

namespace Triggers.Deploy.Tests;

/// <summary>The manifests agree with one another, and give no process more than it needs.</summary>
public sealed class KubernetesTests
{
    private static readonly List<(string File, YamlMappingNode Document)> s_all = [.. Files.Yaml("deploy/kubernetes")];

    private static IEnumerable<YamlMappingNode> Of(params string[] kinds) => s_all.Select(each => each.Document).Where(document => kinds.Contains(document.Scalar("kind"), StringComparer.Ordinal));

    [Fact]
    public void Every_resource_of_the_kustomization_is_there_and_the_other_way_round()
    {
        var text = Files.Text("deploy/kubernetes/kustomization.yaml");
        foreach (var path in Directory.GetFiles(Path.Combine(Files.Deploy, "kubernetes")).Select(path => Path.GetFileName(path)).Where(name => name is not ("kustomization.yaml" or "secret.example.yaml")))
        {
            Assert.Contains($"- {path}\n", text, StringComparison.Ordinal);
        }

        Assert.All(Files.Documents("deploy/kubernetes/kustomization.yaml")[0].List("resources"), resource => Assert.True(File.Exists(Path.Combine(Files.Deploy, "kubernetes", ((YamlScalarNode)resource).Value!)), $"{resource}"));
    }

    [Fact]
    public void Selectors_select_the_pods_they_are_for()
    {
        var pods = Of("StatefulSet", "Deployment").Select(workload => (Name: workload.Scalar("metadata/name"), Labels: workload.Labels("spec/template/metadata/labels"))).ToList();
        Assert.Equal(2, pods.Count);
        foreach (var workload in Of("StatefulSet", "Deployment"))
        {
            Assert.Equal(workload.Labels("spec/template/metadata/labels").Where(label => !label.Key.StartsWith("orleans/", StringComparison.Ordinal)).ToDictionary(), workload.Labels("spec/selector/matchLabels"));
        }

        foreach (var (document, path) in Of("Service").Select(each => (each, "spec/selector")).Concat(Of("PodDisruptionBudget").Select(each => (each, "spec/selector/matchLabels"))).Concat(Of("NetworkPolicy").Select(each => (each, "spec/podSelector/matchLabels"))))
        {
            var selected = pods.Where(pod => document.Labels(path).All(label => pod.Labels.GetValueOrDefault(label.Key) == label.Value)).Select(pod => pod.Name);
            Assert.Equal([document.Scalar("metadata/name")], selected);
        }

        Assert.All(Of("HorizontalPodAutoscaler", "ScaledObject"), scaler => Assert.Contains(scaler.Scalar("spec/scaleTargetRef/name"), pods.Select(pod => pod.Name)));
        Assert.Equal(Of("Service").Select(each => each.Scalar("metadata/name")).Where(name => name.EndsWith("silo", StringComparison.Ordinal)), Of("StatefulSet").Select(each => each.Scalar("spec/serviceName")));
    }

    [Fact]
    public void Pods_have_probes_limits_and_no_rights()
    {
        foreach (var workload in Of("StatefulSet", "Deployment"))
        {
            var container = workload.At("spec/template/spec/containers/0")!;
            Assert.Equal("true", workload.Scalar("spec/template/spec/securityContext/runAsNonRoot"));
            Assert.Equal("RuntimeDefault", workload.Scalar("spec/template/spec/securityContext/seccompProfile/type"));
            Assert.Equal("true", container.Scalar("securityContext/readOnlyRootFilesystem"));
            Assert.Equal("false", container.Scalar("securityContext/allowPrivilegeEscalation"));
            Assert.Equal("ALL", container.Scalar("securityContext/capabilities/drop/0"));
            Assert.Equal("/health/ready", container.Scalar("readinessProbe/httpGet/path"));
            Assert.Equal("/health/live", container.Scalar("livenessProbe/httpGet/path"));
            Assert.Equal("/health/ready", container.Scalar("startupProbe/httpGet/path"));
            Assert.NotNull(container.At("resources/limits/memory"));
            Assert.NotNull(container.At("resources/requests/cpu"));
        }
    }

    [Fact]
    public void Silos_may_see_pods_and_nothing_else_and_web_processes_may_ask_the_API_server_nothing()
    {
        var silo = Of("StatefulSet").Single();
        var account = Of("ServiceAccount").Single();
        var role = Of("Role").Single();
        var binding = Of("RoleBinding").Single();

        Assert.Equal("true", silo.Scalar("spec/template/spec/automountServiceAccountToken"));
        Assert.Equal("false", Of("Deployment").Single().Scalar("spec/template/spec/automountServiceAccountToken"));
        Assert.Null(Of("Deployment").Single().At("spec/template/spec/serviceAccountName"));
        Assert.Equal("false", account.Scalar("automountServiceAccountToken"));
        Assert.Equal(account.Scalar("metadata/name"), silo.Scalar("spec/template/spec/serviceAccountName"));
        Assert.Equal(("ServiceAccount", account.Scalar("metadata/name")), (binding.Scalar("subjects/0/kind"), binding.Scalar("subjects/0/name")));
        Assert.Equal(("Role", role.Scalar("metadata/name")), (binding.Scalar("roleRef/kind"), binding.Scalar("roleRef/name")));
        var rule = Assert.Single(role.List("rules"));
        Assert.Equal(["", "pods", "get", "list", "watch"], new[] { "apiGroups", "resources", "verbs" }.SelectMany(list => rule.List(list)).Select(each => ((YamlScalarNode)each).Value));
    }

    /// <summary>Other labels than the ids would have Orleans change them, which no silo may, and hold pods of another cluster for this one's.</summary>
    [Fact]
    public void A_silo_in_a_pod_is_told_its_name_address_and_cluster()
    {
        var silo = Of("StatefulSet").Single();
        var environment = silo.List("spec/template/spec/containers/0/env").ToDictionary(entry => entry.Scalar("name"), entry => entry.At("value") is null ? entry.Scalar("valueFrom/fieldRef/fieldPath") : entry.Scalar("value"), StringComparer.Ordinal);
        var labels = silo.Labels("spec/template/metadata/labels");
        var config = Of("ConfigMap").Single().Labels("data");

        Assert.Equal("true", environment["Cluster__Kubernetes"]);
        Assert.Equal(
            ["metadata.name", "metadata.namespace", "status.podIP", "metadata.labels['orleans/clusterId']", "metadata.labels['orleans/serviceId']"],
            new[] { KubernetesPod.NameVariable, KubernetesPod.NamespaceVariable, KubernetesPod.AddressVariable, KubernetesPod.ClusterIdVariable, KubernetesPod.ServiceIdVariable }.Select(name => environment[name]));
        Assert.Equal((config["Cluster__Id"], config["Cluster__ServiceId"]), (labels["orleans/clusterId"], labels["orleans/serviceId"]));
    }

    [ToolFact("kubectl")]
    public void Kubectl_makes_one_stream_of_the_kustomization()
    {
        var folder = Path.Combine(Files.Deploy, "kubernetes");
        var made = Tool.Run("kubectl", "kustomize", folder);

        Assert.Equal(
            Files.Documents("deploy/kubernetes/kustomization.yaml")[0].List("resources").Sum(resource => Files.Documents($"deploy/kubernetes/{((YamlScalarNode)resource).Value}").Count),
            made.Split('\n').Count(line => line.StartsWith("kind: ", StringComparison.Ordinal)));
        Assert.Contains("image: registry.example.com/triggers:0.1.0", made, StringComparison.Ordinal);
        Assert.Contains("- kind: ServiceAccount\n  name: triggers-silo\n  namespace: triggers\n", made, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_mounts_configuration_and_secrets_that_are_named_are_declared()
    {
        var names = Of("ConfigMap", "Secret").Select(each => (each.Scalar("kind"), each.Scalar("metadata/name"))).ToHashSet();
        foreach (var workload in Of("StatefulSet", "Deployment"))
        {
            var container = workload.At("spec/template/spec/containers/0")!;
            var ports = container.List("ports").Select(port => port.Scalar("name")).ToHashSet(StringComparer.Ordinal);
            Assert.All(["readinessProbe", "livenessProbe", "startupProbe"], probe => Assert.Contains(container.Scalar($"{probe}/httpGet/port"), ports));
            var volumes = workload.List("spec/template/spec/volumes").Select(volume => volume.Scalar("name"));
            Assert.Equal(volumes.Order(StringComparer.Ordinal), container.List("volumeMounts").Select(mount => mount.Scalar("name")).Order(StringComparer.Ordinal));
            foreach (var source in container.List("envFrom"))
            {
                Assert.Contains(source.At("configMapRef") is { } map ? ("ConfigMap", map.Scalar("name")) : ("Secret", source.Scalar("secretRef/name")), names);
            }

            var service = Of("Service").Single(each => each.Scalar("metadata/name") == workload.Scalar("metadata/name"));
            Assert.All(service.List("spec/ports"), port => Assert.Contains(port.Scalar("targetPort"), ports));
            var policy = Of("NetworkPolicy").Single(each => each.Scalar("metadata/name") == workload.Scalar("metadata/name"));
            Assert.All(policy.List("spec/ingress").SelectMany(rule => rule.List("ports")), port => Assert.Contains(port.Scalar("port"), ports));
        }

        var backend = Of("Ingress").Single().At("spec/rules/0/http/paths/0/backend/service")!;
        Assert.Contains(backend.Scalar("port/name"), Of("Service").Single(each => each.Scalar("metadata/name") == backend.Scalar("name")).List("spec/ports").Select(port => port.Scalar("name")));
    }

    [Fact]
    public void A_silo_gets_longer_to_hand_over_than_the_program_takes_to_answer_and_flush()
        => Assert.All(Of("StatefulSet"), silo => Assert.True(int.Parse(silo.Scalar("spec/template/spec/terminationGracePeriodSeconds"), System.Globalization.CultureInfo.InvariantCulture) >= 60));

    [Fact]
    public void Secrets_are_not_in_the_kustomization() => Assert.DoesNotContain("- secret", Files.Text("deploy/kubernetes/kustomization.yaml"), StringComparison.Ordinal);
}
