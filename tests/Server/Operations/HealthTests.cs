// Health and metrics of a server that has answered once and has no vote store.
using Xunit;

namespace Majlis.tests.Server.Operations;

public sealed class HealthTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_and_metrics_tell_the_truth()
    {
        await using var server = await RunningServer.StartAsync("One answer.");
        await server.ChatAsync();
        var live = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health/live", UriKind.Relative), Stop));
        Assert.Equal("live", (string)live["status"]!);
        Assert.True((long)live["steps"]! > 0);
        var ready = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop));
        Assert.Equal(("ready", "tiny"), ((string)ready["status"]!, (string)ready["model"]!));
        Assert.False((bool)ready["votes"]!["taken"]!);
        var asOthers = await RunningServer.JsonAsync(await server.Http.GetAsync(new Uri("/health", UriKind.Relative), Stop));
        Assert.Equal("ready", (string)asOthers["status"]!);
        var metrics = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Stop);
        Assert.Contains("majlis_requests_total{path=\"/v1/chat/completions\",status=\"200\",role=\"anonymous\"} 1", metrics,
            StringComparison.Ordinal);
        Assert.Matches("majlis_generation_tokens_total [1-9]", metrics);
    }
}
