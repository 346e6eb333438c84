// The manifests under k8s/ as typed objects. Reading is strict: a field that the Kubernetes API does not have is an error. Knows no rule
// of how they belong together.
using k8s;
using k8s.Models;
using Majlis.tests.Support;

namespace Majlis.tests.Kubernetes;

static class Manifests
{
    public static string Folder { get; } = Path.Combine(Shared.Root, "k8s");

    /// <summary>Kinds that Kubernetes' own API does not have.</summary>
    static readonly Dictionary<string, Type> further = new()
    {
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(ServiceMonitor),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
        ["kustomize.config.k8s.io/v1beta1/Kustomization"] = typeof(Kustomization),
        ["kustomize.config.k8s.io/v1alpha1/Component"] = typeof(Kustomization),
    };

    static readonly Lazy<IReadOnlyList<object>> own = new(() =>
        [.. Resources("base").Concat(Resources("observability")).SelectMany(path => Read(File.ReadAllText(path)))]);

    /// <summary>The dashboard, which kustomize makes an object of.</summary>
    public const int Generated = 1;

    /// <summary>All objects of the base that are written as such.</summary>
    public static IReadOnlyList<object> Base => own.Value;

    public static IReadOnlyList<V1Secret> Secrets =>
        [.. Read(File.ReadAllText(Path.Combine(Folder, "secrets.example.yaml"))).Cast<V1Secret>()];

    public static IEnumerable<T> All<T>() => Base.OfType<T>();

    /// <summary>Paths of the manifests that a folder's kustomization names; the folders it names are left out.</summary>
    public static IReadOnlyList<string> Resources(string folder) =>
    [
        .. ((Kustomization)Read(File.ReadAllText(Path.Combine(Folder, folder, "kustomization.yaml"))).Single()).Resources!
            .Where(name => name.EndsWith(".yaml", StringComparison.Ordinal)).Select(name => Path.Combine(Folder, folder, name)),
    ];

    /// <summary>All documents of a text.</summary>
    public static IReadOnlyList<object> Read(string yaml) => KubernetesYaml.LoadAllFromString(yaml, further, strict: true);

    /// <summary>The pods that the objects make, by the name of what makes them.</summary>
    public static IReadOnlyList<(string Owner, V1PodTemplateSpec Pod)> Pods(IEnumerable<object> objects) =>
    [
        .. objects.OfType<V1Deployment>().Select(made => (made.Metadata.Name, made.Spec.Template)),
        .. objects.OfType<V1StatefulSet>().Select(made => (made.Metadata.Name, made.Spec.Template)),
        .. objects.OfType<V1CronJob>().Select(made => (made.Metadata.Name, made.Spec.JobTemplate.Spec.Template)),
    ];
}

public sealed class Kustomization
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public string? Namespace { get; set; }
    public List<string>? Resources { get; set; }
    public List<string>? Components { get; set; }
    public List<KustomizeImage>? Images { get; set; }
    public List<KustomizePatch>? Patches { get; set; }
    public List<KustomizeGenerator>? ConfigMapGenerator { get; set; }
}

public sealed class KustomizeGenerator
{
    public string? Name { get; set; }
    public List<string>? Files { get; set; }
    public KustomizeGeneratorOptions? Options { get; set; }
}

public sealed class KustomizeGeneratorOptions
{
    public bool DisableNameSuffixHash { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
}

public sealed class KustomizeImage
{
    public string? Name { get; set; }
    public string? NewName { get; set; }
    public string? NewTag { get; set; }
}

public sealed class KustomizePatch
{
    public string? Path { get; set; }
    public string? Patch { get; set; }
}

/// <summary>The part of Prometheus' operator's kind that is used here; any other field is refused.</summary>
public sealed class ServiceMonitor
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public V1ObjectMeta? Metadata { get; set; }
    public ServiceMonitorSpec? Spec { get; set; }
}

public sealed class ServiceMonitorSpec
{
    public V1LabelSelector? Selector { get; set; }
    public List<MonitorEndpoint>? Endpoints { get; set; }
}

/// <summary>As the kind before: of pods that no service names.</summary>
public sealed class PodMonitor
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public V1ObjectMeta? Metadata { get; set; }
    public PodMonitorSpec? Spec { get; set; }
}

public sealed class PodMonitorSpec
{
    public V1LabelSelector? Selector { get; set; }
    public List<MonitorEndpoint>? PodMetricsEndpoints { get; set; }
}

public sealed class MonitorEndpoint
{
    public string? Port { get; set; }
    public string? Path { get; set; }
    public string? Interval { get; set; }
}

/// <summary>Alert rules in the form of Prometheus' operator.</summary>
public sealed class PrometheusRule
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public V1ObjectMeta? Metadata { get; set; }
    public PrometheusRuleSpec? Spec { get; set; }
}

public sealed class PrometheusRuleSpec
{
    public List<RuleGroup>? Groups { get; set; }
}

public sealed class RuleGroup
{
    public string? Name { get; set; }
    public string? Interval { get; set; }
    public List<AlertRule>? Rules { get; set; }
}

public sealed class AlertRule
{
    public string? Alert { get; set; }
    public string? Record { get; set; }
    public string? Expr { get; set; }
    public string? For { get; set; }
    public string? KeepFiringFor { get; set; }
    public Dictionary<string, string>? Labels { get; set; }
    public Dictionary<string, string>? Annotations { get; set; }
}
