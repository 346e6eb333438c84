// Health and metrics: closed by default, opened by --open, and alone on the internal addresses.
using System.Net;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class InternalAddressTests
{
    static readonly string[] operators = ["/health", "/health/live", "/health/ready", "/metrics"];

    [Fact]
    public async Task An_internal_address_serves_health_and_metrics_to_everybody_and_nothing_else()
    {
        var inside = $"http://{FreeAddress.Next()}";
        await using var server = await KeyedServer.StartAsync(options => options with { InternalUrls = inside });
        using var operatorsClient = new HttpClient { BaseAddress = new Uri(inside) };
        using var key = new HttpClient { BaseAddress = new Uri(inside), DefaultRequestHeaders = { { "x-api-key", KeyedServer.Admin } } };
        using var outside = KeyedServer.Client(server);
        foreach (var path in operators)
        {
            Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(operatorsClient, HttpMethod.Get, path)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(outside, HttpMethod.Get, path)).Status);
        }
        foreach (var path in new[] { "/arena", "/v1/models", "/v1/arena/session", "/v1/catalog/versions", "/nowhere", "//metrics" })
            foreach (var client in new[] { operatorsClient, key })
                Assert.Equal((HttpStatusCode.NotFound, "unknown_url"), await CodeAsync(client, path));
        // What a client says of its port changes nothing.
        var port = new Uri(inside).Port;
        var (status, _, _) = await KeyedServer.SendAsync(outside, HttpMethod.Get, "/metrics", null,
            ("Host", $"127.0.0.1:{port}"), ("X-Forwarded-Port", $"{port}"), ("X-Forwarded-Host", $"127.0.0.1:{port}"));
        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Theory]
    [InlineData("health", "/health,/health/live,/health/ready")]
    [InlineData("metrics", "/metrics")]
    [InlineData("health, metrics", "/health,/health/live,/health/ready,/metrics")]
    public async Task What_is_open_needs_no_key(string open, string paths)
    {
        await using var server = await KeyedServer.StartAsync(options => options with { Open = open });
        using var nobody = KeyedServer.Client(server);
        using var wrong = KeyedServer.WithKey(server, "wrong");
        foreach (var path in operators)
        {
            var expected = paths.Split(',').Contains(path) ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
            Assert.Equal(expected, (await KeyedServer.SendAsync(nobody, HttpMethod.Get, path)).Status);
            Assert.Equal(expected, (await KeyedServer.SendAsync(wrong, HttpMethod.Get, path)).Status);
        }
    }

    static async Task<(HttpStatusCode, string?)> CodeAsync(HttpClient client, string path)
    {
        var (status, code, _) = await KeyedServer.SendAsync(client, HttpMethod.Get, path);
        return (status, code);
    }
}
