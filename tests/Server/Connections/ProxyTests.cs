// Behind a proxy the address, the scheme and the host are the client's, from the proxy's network only.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Server;
using Majlis.Server.Connections;
using Xunit;

namespace Majlis.tests.Server.Connections;

public sealed class ProxyTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_proxys_network_scheme_and_host_are_the_clients_and_cookies_are_secure()
    {
        await using var server = await StartAsync("10.0.0.0/8; 127.0.0.1");
        var reply = await BattleAsync(server, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "arena.localhost"),
            ("X-Forwarded-For", "203.0.113.7"), ("Origin", "https://arena.localhost"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Contains("secure", Assert.Single(reply.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("127.0.0.1", 2)]
    [InlineData("10.0.0.0/8", 1)]
    public async Task Behind_a_proxy_voters_are_told_apart_by_their_own_addresses(string networks, int addresses)
    {
        await using var server = await StartAsync(networks);
        foreach (var address in new[] { "203.0.113.7", "203.0.113.8" })
        {
            var battle = await BattleAsync(server, ("X-Forwarded-For", address));
            var id = (string)JsonNode.Parse((await RunningServer.EventsAsync(battle))[0])!["id"]!;
            using var vote = new HttpRequestMessage(HttpMethod.Post, $"/v1/arena/battles/{id}/vote")
            {
                Content = new StringContent("""{"verdict":"a"}""", System.Text.Encoding.UTF8, "application/json"),
            };
            vote.Headers.Add("X-Forwarded-For", address);
            Assert.Equal(HttpStatusCode.OK, (await server.Http.SendAsync(vote, Stop)).StatusCode);
        }
        var votes = new List<string?>();
        await foreach (var vote in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0)) votes.Add(vote.Vote.Address);
        Assert.Equal((2, addresses), (votes.Count, votes.Distinct().Count()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.0/8")]
    public async Task From_elsewhere_forwarded_headers_mean_nothing(string? networks)
    {
        await using var server = await StartAsync(networks);
        var reply = await BattleAsync(server, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.DoesNotContain("secure", Assert.Single(reply.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    // A page whose name was made to point to this machine sends what headers it likes.
    [Fact]
    public async Task A_foreign_host_is_not_hidden_behind_a_forwarded_one()
    {
        await using var server = await StartAsync("127.0.0.0/8");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Host = "evil.example";
        request.Headers.Add("X-Forwarded-Host", "localhost");
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await server.Http.SendAsync(request, Stop)).StatusCode);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.0/8;nowhere")]
    public void A_network_that_is_none_is_told(string networks) => Assert.StartsWith(
        "--behind-proxy: '", Assert.Single(new ServerOptions { BehindProxy = networks }.Problems()), StringComparison.Ordinal);

    [Fact]
    public void Networks_of_both_kinds_and_single_addresses_are_taken()
    {
        var networks = ProxyNetworks.Read("10.0.0.0/8, fd00::/8;192.0.2.1");
        string[] inside = ["10.9.8.7", "fd00::1", "192.0.2.1", "::ffff:10.1.1.1"];
        Assert.All(inside, address => Assert.True(networks.Holds(IPAddress.Parse(address))));
        Assert.False(networks.Holds(IPAddress.Parse("192.0.2.2")));
    }

    static Task<RunningServer> StartAsync(string? networks) => RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One.", "Two.")),
        options => options with { Redis = null, BehindProxy = networks });

    static async Task<HttpResponseMessage> BattleAsync(RunningServer server, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/arena/battles")
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":"which?"}]}""",
                System.Text.Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await server.Http.SendAsync(request, Stop);
    }
}
