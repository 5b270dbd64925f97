namespace Triggers.Grains;

/// <summary>The pod that a silo runs in; its name and namespace come from the environment, as Orleans' Kubernetes hosting reads them.</summary>
public sealed record KubernetesPod
{
    /// <summary>Of Orleans' hosting: where the pod's own name, namespace and address stand, and the ids that its labels bear.</summary>
    public const string NameVariable = "POD_NAME", NamespaceVariable = "POD_NAMESPACE", AddressVariable = "POD_IP", ClusterIdVariable = "ORLEANS_CLUSTER_ID", ServiceIdVariable = "ORLEANS_SERVICE_ID";

    /// <summary>The API server, where it is not the one that the pod's service account leads to.</summary>
    public Uri? Api { get; init; }
}
