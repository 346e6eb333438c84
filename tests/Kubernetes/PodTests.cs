// What the pods name is there: volumes, claims, secrets, settings, options of the hosts, probes. They end after the server's drain window.
using System.Diagnostics;
using System.Text.RegularExpressions;
using k8s.Models;
using Majlis.Server;
using Majlis.tests.Server;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Kubernetes;

public sealed partial class PodTests
{
    /// <summary>The image's user.</summary>
    const long User = 1654;

    static readonly string dockerfile = File.ReadAllText(Path.Combine(Shared.Root, "Dockerfile"));

    public static TheoryData<string> Owners => [.. Manifests.Pods(Manifests.Base).Select(made => made.Owner)];

    static V1PodSpec Of(string owner) => Manifests.Pods(Manifests.Base).Single(made => made.Owner == owner).Pod.Spec;

    static V1Container Container(string owner) => Assert.Single(Of(owner).Containers);

    [Theory, MemberData(nameof(Owners))]
    public void Every_volume_is_mounted_and_every_mount_has_a_volume_that_exists(string owner)
    {
        var claims = Manifests.All<V1StatefulSet>().Where(made => made.Metadata.Name == owner)
            .SelectMany(made => made.Spec.VolumeClaimTemplates).Select(claim => claim.Metadata.Name);
        var volumes = Of(owner).Volumes;
        Assert.Equal(volumes.Select(volume => volume.Name).Concat(claims).Order(),
            Container(owner).VolumeMounts.Select(mount => mount.Name).Order());
        Assert.All(volumes.Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>(),
            name => Assert.Contains(Manifests.All<V1PersistentVolumeClaim>(), claim => claim.Metadata.Name == name));
        Assert.All(volumes.Select(volume => volume.ConfigMap?.Name).OfType<string>(),
            name => Assert.Contains(Manifests.All<V1ConfigMap>(), map => map.Metadata.Name == name));
        Assert.All(volumes.Where(volume => volume.Secret is not null), volume =>
            Assert.All(volume.Secret.Items, item => SecretHas(volume.Secret.SecretName, item.Key)));
    }

    [Theory, MemberData(nameof(Owners))]
    public void Every_secret_and_setting_that_a_variable_names_exists(string owner)
    {
        var container = Container(owner);
        foreach (var secret in (container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef).OfType<V1SecretKeySelector>())
            SecretHas(secret.Name, secret.Key);
        foreach (var settings in (container.EnvFrom ?? []).Select(source => source.ConfigMapRef))
            Assert.Contains(Manifests.All<V1ConfigMap>(), map => map.Metadata.Name == settings.Name);
    }

    [Theory, MemberData(nameof(Owners))]
    public void Every_pod_keeps_to_the_restricted_profile(string owner)
    {
        var pod = Of(owner);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        if (owner != "majlis-redis") Assert.Equal(User, pod.SecurityContext.RunAsUser);
        var own = Container(owner).SecurityContext;
        Assert.False(own.AllowPrivilegeEscalation);
        Assert.True(own.ReadOnlyRootFilesystem);
        Assert.Equal(["ALL"], own.Capabilities.Drop);
        Assert.Equal(["cpu", "memory"], Container(owner).Resources.Requests.Keys.Order());
        Assert.Equal(["cpu", "memory"], Container(owner).Resources.Limits.Keys.Order());
    }

    [Fact]
    public void A_server_has_time_to_drain()
    {
        var wait = Container("majlis-server").Lifecycle.PreStop.Sleep.Seconds;
        Assert.InRange(Of("majlis-server").TerminationGracePeriodSeconds!.Value,
            wait + (long)ServerParts.Real.DrainWindow.TotalSeconds + 10, 600);
    }

    [Fact]
    public async Task Probes_ask_a_port_of_their_container_and_a_path_of_the_server()
    {
        await using var server = await RunningServer.StartAsync("one");
        var container = Container("majlis-server");
        var paths = new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe }
            .Select(probe => probe.HttpGet).ToArray();
        Assert.Equal(["/health/ready", "/health/ready", "/health/live"], paths.Select(path => path.Path));
        foreach (var path in paths)
        {
            Assert.Contains(container.Ports, port => port.Name == path.Port.Value);
            using var reply = await server.Http.GetAsync(path.Path, TestContext.Current.CancellationToken);
            Assert.True(reply.IsSuccessStatusCode, $"{path.Path}: {reply.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Server", "majlis-server")]
    [InlineData("Trainer", "majlis-trainer", "majlis-trainer-nightly", "majlis-experts")]
    public async Task Every_variable_and_argument_is_an_option_of_the_host(string host, params string[] owners)
    {
        var help = await HelpAsync(host) + (host == "Trainer" ? await HelpAsync(host, "expert") : "");
        var known = OptionName().Matches(help).Select(match => match.Value).ToHashSet();
        known.UnionWith(["--admin-key", "--behind-proxy"]); // the key has a variable, but no option
        var settings = Manifests.All<V1ConfigMap>().Single(map => map.Metadata.Name == "majlis-settings").Data.Keys;
        var image = ImageVariable().Matches(dockerfile).Select(match => match.Groups[1].Value);
        var variables = owners.SelectMany(owner => Container(owner).Env.Select(variable => variable.Name))
            .Concat(settings).Concat(host == "Server" ? image : []).Where(name => name.StartsWith("MAJLIS_", StringComparison.Ordinal));
        Assert.All(variables.Select(name => "--" + name["MAJLIS_".Length..].ToLowerInvariant().Replace('_', '-')),
            name => Assert.Contains(name, known));
        Assert.All(owners.SelectMany(owner => Container(owner).Args ?? []).Where(word => word.StartsWith("--", StringComparison.Ordinal)),
            word => Assert.Contains(word, known));
    }

    [Fact]
    public void Each_expert_pod_is_one_share_of_as_many_as_there_are_pods()
    {
        var job = Manifests.All<V1CronJob>().Single(made => made.Metadata.Name == "majlis-experts").Spec.JobTemplate.Spec;
        var container = Container("majlis-experts");
        Assert.Equal("Indexed", job.CompletionMode);
        Assert.Equal(job.Completions, job.Parallelism);
        Assert.Equal(["expert", "--of", $"{job.Completions}"], container.Args);
        Assert.Equal("metadata.labels['batch.kubernetes.io/job-completion-index']",
            container.Env.Single(variable => variable.Name == "MAJLIS_INDEX").ValueFrom.FieldRef.FieldPath);
        Assert.Contains("--expert-jobs", Container("majlis-trainer").Args);
        Assert.Contains("--expert-jobs", Container("majlis-trainer-nightly").Args);
    }

    [Theory]
    [InlineData("majlis-server")]
    [InlineData("majlis-trainer")]
    [InlineData("majlis-experts")]
    public void Whatever_the_image_writes_to_is_a_volume_of_the_pod(string owner)
    {
        var volumes = ImageVolumes().Match(dockerfile).Groups[1].Value.Split(',').Select(path => path.Trim(' ', '"'));
        Assert.Superset(volumes.ToHashSet(), Container(owner).VolumeMounts.Select(mount => mount.MountPath).ToHashSet());
        Assert.Contains($"USER {User}:{User}", dockerfile, StringComparison.Ordinal);
    }

    static void SecretHas(string name, string key) =>
        Assert.Contains(Manifests.Secrets, secret => secret.Metadata.Name == name && secret.StringData.ContainsKey(key));

    static async Task<string> HelpAsync(string host, params string[] command)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, $"Majlis.{host}"), [.. command, "--help"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        return await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\b(MAJLIS_[A-Z_]+)=")]
    private static partial Regex ImageVariable();

    [GeneratedRegex(@"^VOLUME \[(.*)\]", RegexOptions.Multiline)]
    private static partial Regex ImageVolumes();
}
