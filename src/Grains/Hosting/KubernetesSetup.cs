using k8s.Autorest;
using k8s.Exceptions;
using Orleans.Hosting.Kubernetes;

namespace Triggers.Grains.Hosting;

/// <summary>Has the silos of a cluster watch each other's pods: one whose pod is deleted is dead at once, however many probes it may still miss.</summary>
internal static class KubernetesSetup
{
    public static void Apply(ISiloBuilder silo) => silo.UseKubernetesHosting(hosting => hosting.Configure(options =>
    {
        options.MaxAgents = Limits.PodWatchers;
        options.MaxKubernetesApiRetryAttempts = Limits.PodLooks;
        // A pod whose silo is dead ends by itself and is started again; nobody needs the right to delete pods.
        options.DeleteDefunctSiloPods = false;
    }));

    public static string? Explain(Exception? error) => error switch
    {
        null => null,
        HttpOperationException { Response: { } response } => $"it answered {(int)response.StatusCode} ({response.ReasonPhrase}).",
        HttpRequestException or KubeConfigException => error.Message.TrimEnd('.') + ".",
        AggregateException several => several.InnerExceptions.Select(Explain).FirstOrDefault(reason => reason is not null),
        _ => Explain(error.InnerException),
    };
}
