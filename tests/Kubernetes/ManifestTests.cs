// Every manifest reads strictly by the API's own types, the base misses none, and both overlays render to whole manifests.
using System.Diagnostics;
using k8s.Models;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Kubernetes;

public sealed class ManifestTests
{
    public static TheoryData<string> Files =>
        [.. new[] { "base", "overlays", "components" }.SelectMany(part => Directory.EnumerateFiles(
            Path.Combine(Manifests.Folder, part), "*.yaml", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Manifests.Folder, path))
            .Concat(["secrets.example.yaml", "observability/kustomization.yaml", "observability/prometheusrule.yaml"])
            .Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Files))]
    public void Every_field_of_every_manifest_is_one_that_the_api_has(string file) =>
        Assert.NotEmpty(Manifests.Read(File.ReadAllText(Path.Combine(Manifests.Folder, file))));

    [Theory]
    [InlineData("server.yaml", "readinessProbe:", "readynessProbe:")]
    [InlineData("server.yaml", "runAsNonRoot:", "runAsNonroot:")]
    [InlineData("redis.yaml", "volumeClaimTemplates:", "volumeClaimTemplate:")]
    [InlineData("monitoring.yaml", "interval:", "intervall:")]
    [InlineData("monitoring.yaml", "podMetricsEndpoints:", "podMetricEndpoints:")]
    public void A_misspelt_field_is_refused(string file, string right, string wrong)
    {
        var text = File.ReadAllText(Path.Combine(Manifests.Folder, "base", file));
        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => Manifests.Read(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_base_names_every_file_beside_it() => Assert.Equal(
        Directory.EnumerateFiles(Path.Combine(Manifests.Folder, "base"), "*.yaml").Select(Path.GetFileName)
            .Except(["kustomization.yaml"]).Order(StringComparer.Ordinal),
        Manifests.Resources("base").Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("cpu", false)]
    [InlineData("gpu", true)]
    public async Task An_overlay_renders_to_the_base_with_images_and_places(string overlay, bool gpu)
    {
        var rendered = Manifests.Read(await RenderAsync(Path.Combine(Manifests.Folder, "overlays", overlay)));
        Assert.Equal(Manifests.Base.Count + Manifests.Generated, rendered.Count);
        foreach (var (owner, pod) in Manifests.Pods(rendered).Where(made => made.Owner != "majlis-redis"))
        {
            var container = Assert.Single(pod.Spec.Containers);
            Assert.Contains($"/{(owner == "majlis-server" ? owner : "majlis-trainer")}:", container.Image, StringComparison.Ordinal);
            Assert.EndsWith(gpu ? "-cuda" : "-cpu", container.Image, StringComparison.Ordinal);
            Assert.Equal(gpu, container.Resources.Limits.ContainsKey("nvidia.com/gpu"));
            var places = pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms.Single();
            Assert.Equal(gpu, places.MatchExpressions.Any(place => place.Key.StartsWith("nvidia.com/", StringComparison.Ordinal)));
            Assert.NotEmpty(container.VolumeMounts);
        }
    }

    [Fact]
    public async Task With_an_external_redis_nothing_of_the_own_one_is_left()
    {
        using var folder = new TemporaryFolder();
        var overlay = Directory.CreateDirectory(folder.File("overlay")).FullName;
        string Relative(params string[] parts) => Path.GetRelativePath(overlay, Path.Combine([Manifests.Folder, .. parts]));
        await File.WriteAllTextAsync(Path.Combine(overlay, "kustomization.yaml"), $"""
            apiVersion: kustomize.config.k8s.io/v1beta1
            kind: Kustomization
            resources: ["{Relative("overlays", "cpu")}"]
            components: ["{Relative("components", "external-redis")}"]
            """, TestContext.Current.CancellationToken);
        var rendered = Manifests.Read(await RenderAsync(overlay));
        Assert.Equal(Manifests.Base.Count + Manifests.Generated - 4, rendered.Count);
        Assert.Empty(rendered.OfType<V1StatefulSet>());
    }

    static async Task<string> RenderAsync(string folder)
    {
        var kubectl = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(place => Path.Combine(place, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipUnless(kubectl is not null, "kubectl is not installed");
        using var process = Process.Start(new ProcessStartInfo(kubectl!, ["kustomize", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var problem = process.StandardError.ReadToEndAsync();
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await problem);
        return text;
    }
}
