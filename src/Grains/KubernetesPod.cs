namespace Triggers.Grains;

/// <summary>What a pod tells its silo by the environment, as Orleans' Kubernetes hosting reads it: its name, namespace and address, and the ids that its labels bear.</summary>
public static class KubernetesPod
{
    public const string NameVariable = "POD_NAME", NamespaceVariable = "POD_NAMESPACE", AddressVariable = "POD_IP", ClusterIdVariable = "ORLEANS_CLUSTER_ID", ServiceIdVariable = "ORLEANS_SERVICE_ID";
}
