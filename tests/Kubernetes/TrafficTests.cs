// What finds pods by labels and ports finds them: services, the Ingress, network policies, monitors, the autoscaler, the disruption budget.
using k8s.Models;
using Majlis.tests.Server;
using Xunit;

namespace Majlis.tests.Kubernetes;

public sealed class TrafficTests
{
    static IReadOnlyList<(string Owner, V1PodTemplateSpec Pod)> Pods => Manifests.Pods(Manifests.Base);

    [Fact]
    public void Every_service_finds_pods_that_have_its_port()
    {
        foreach (var service in Manifests.All<V1Service>())
        {
            var found = Pods.Where(made => service.Spec.Selector.All(label => made.Pod.Metadata.Labels.Contains(label))).ToArray();
            Assert.NotEmpty(found);
            foreach (var port in service.Spec.Ports)
                Assert.All(found, made => Assert.Contains(port.TargetPort.Value, Ports(made.Pod)));
        }
    }

    [Fact]
    public void Whatever_makes_pods_selects_them_by_their_labels()
    {
        foreach (var made in Manifests.All<V1Deployment>())
            Assert.True(Selects(made.Spec.Selector, made.Spec.Template.Metadata.Labels), made.Metadata.Name);
        foreach (var made in Manifests.All<V1StatefulSet>())
        {
            Assert.True(Selects(made.Spec.Selector, made.Spec.Template.Metadata.Labels), made.Metadata.Name);
            Assert.Contains(Manifests.All<V1Service>(), service => service.Metadata.Name == made.Spec.ServiceName);
        }
        var server = Pods.Single(made => made.Owner == "majlis-server").Pod;
        Assert.All(server.Spec.TopologySpreadConstraints, spread => Assert.True(Selects(spread.LabelSelector, server.Metadata.Labels)));
        Assert.True(Selects(Manifests.All<V1PodDisruptionBudget>().Single().Spec.Selector, server.Metadata.Labels));
    }

    [Fact]
    public void Every_network_policy_selects_pods_and_names_ports_of_whom_it_lets_be_reached()
    {
        var policies = Manifests.All<V1NetworkPolicy>().ToArray();
        Assert.Contains(policies, policy => policy.Spec.PodSelector.MatchLabels is null && policy.Spec.Ingress is null
            && policy.Spec.Egress is null && policy.Spec.PolicyTypes.SequenceEqual(["Ingress", "Egress"]));
        foreach (var policy in policies)
        {
            var chosen = Pods.Where(made => Selects(policy.Spec.PodSelector, made.Pod.Metadata.Labels)).ToArray();
            Assert.NotEmpty(chosen);
            foreach (var port in (policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports))
                Assert.All(chosen, made => Assert.Contains(port.Port.Value, Ports(made.Pod)));
            foreach (var rule in policy.Spec.Egress ?? [])
                foreach (var peer in rule.To.Select(peer => peer.PodSelector).OfType<V1LabelSelector>())
                    Assert.All(rule.Ports, port => Assert.Contains(Pods,
                        made => Selects(peer, made.Pod.Metadata.Labels) && Ports(made.Pod).Contains(port.Port.Value)));
        }
    }

    [Fact]
    public void The_ingress_leads_to_the_server_and_keeps_a_conversation_on_its_replica()
    {
        var ingress = Manifests.All<V1Ingress>().Single();
        var backend = ingress.Spec.Rules.Single().Http.Paths.Single().Backend.Service;
        Assert.Contains(Manifests.All<V1Service>(), service => service.Metadata.Name == backend.Name
            && service.Spec.Ports.Any(port => port.Name == backend.Port.Name && port.TargetPort.Value == "http"));
        Assert.Contains(Manifests.Secrets, secret => secret.Metadata.Name == ingress.Spec.Tls.Single().SecretName);
        var key = ingress.Metadata.Annotations["nginx.ingress.kubernetes.io/upstream-hash-by"];
        Assert.Equal($"hash {key} consistent", ingress.Metadata.Annotations["nginx.org/lb-method"]);
    }

    [Fact]
    public void Every_monitor_finds_a_service_with_its_port()
    {
        foreach (var monitor in Manifests.All<ServiceMonitor>())
            Assert.All(monitor.Spec!.Endpoints!, endpoint => Assert.Contains(Manifests.All<V1Service>(), service =>
                Selects(monitor.Spec.Selector!, service.Metadata.Labels) && service.Spec.Ports.Any(port => port.Name == endpoint.Port)));
    }

    [Fact]
    public void Every_page_of_metrics_has_a_port_that_is_let_through_and_scraped()
    {
        var opened = Pods.Where(made => Metrics(made.Pod) is not null).ToArray();
        Assert.Equal(["majlis-experts", "majlis-trainer", "majlis-trainer-nightly"], opened.Select(made => made.Owner).Order());
        Assert.All(opened, made =>
        {
            var port = Assert.Single(made.Pod.Spec.Containers.Single().Ports, one => $"http://+:{one.ContainerPort}" == Metrics(made.Pod));
            var labels = made.Pod.Metadata.Labels;
            Assert.Contains(Manifests.All<V1NetworkPolicy>(), policy => Selects(policy.Spec.PodSelector, labels)
                && (policy.Spec.Ingress ?? []).Any(rule => rule.Ports.Any(open => open.Port.Value == port.Name)));
            Assert.True(Scrapes(labels, port.Name), made.Owner);
        });

        static string? Metrics(V1PodTemplateSpec pod) =>
            pod.Spec.Containers.Single().Env?.SingleOrDefault(variable => variable.Name == "MAJLIS_METRICS_URLS")?.Value;

        // By the pod's own labels, or by those of a service that leads to it.
        static bool Scrapes(IDictionary<string, string> labels, string port) =>
            Manifests.All<PodMonitor>().Any(monitor => Selects(monitor.Spec!.Selector!, labels)
                && monitor.Spec.PodMetricsEndpoints!.Any(endpoint => endpoint.Port == port))
            || Manifests.All<V1Service>().Any(service => service.Spec.Selector.All(labels.Contains)
                && Manifests.All<ServiceMonitor>().Any(monitor => Selects(monitor.Spec!.Selector!, service.Metadata.Labels)));
    }

    [Fact]
    public async Task The_autoscaler_follows_a_metric_that_the_server_has()
    {
        await using var server = await RunningServer.StartAsync("one");
        var scaler = Manifests.All<V2HorizontalPodAutoscaler>().Single();
        Assert.Contains(Manifests.All<V1Deployment>(), made => made.Metadata.Name == scaler.Spec.ScaleTargetRef.Name
            && made.Spec.Replicas is null);
        var metrics = await server.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.All(scaler.Spec.Metrics, metric => Assert.Contains($"\n{metric.Pods.Metric.Name} ", metrics, StringComparison.Ordinal));
    }

    static string[] Ports(V1PodTemplateSpec pod) =>
        [.. pod.Spec.Containers.SelectMany(container => container.Ports ?? []).Select(port => port.Name)];

    /// <summary>Whether a selector of labels and of <c>In</c> expressions selects these labels.</summary>
    static bool Selects(V1LabelSelector selector, IDictionary<string, string> labels) =>
        (selector.MatchLabels ?? new Dictionary<string, string>()).All(labels.Contains)
        && (selector.MatchExpressions ?? []).All(rule => rule.OperatorProperty == "In" && rule.Values.Contains(labels[rule.Key]));
}
