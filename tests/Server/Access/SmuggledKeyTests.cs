// What an attacker would try at the guard, as raw bytes and behind a proxy: keys and paths that two readers could take for different ones.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class SmuggledKeyTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    const string Admin = KeyedServer.Admin;

    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("GET /v1/models HTTP/1.1", 200, "Authorization: Bearer " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "Authorization: Bearer wrong", "Authorization: Bearer " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "Authorization: Bearer " + Admin, "Authorization: Bearer " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "x-api-key: " + Admin, "x-api-key: wrong")]
    [InlineData("GET /v1/models HTTP/1.1", 400, "Authorization : Bearer " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 400, "Authorization: Bearer", " " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "x_api_key: " + Admin)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "Proxy-Authorization: Bearer " + Admin)]
    [InlineData("GET /v1/models?api_key=" + Admin + " HTTP/1.1", 401)]
    [InlineData("GET /arena/../metrics HTTP/1.1", 401)]
    [InlineData("GET /arena/%2e%2e/metrics HTTP/1.1", 401)]
    [InlineData("GET /arena\\..\\metrics HTTP/1.1", 401)]
    [InlineData("GET http://localhost/metrics HTTP/1.1", 401)]
    [InlineData("GET /metrics HTTP/1.0", 401)]
    [InlineData("GET /v1/models HTTP/1.1", 401, "Cookie: majlis_session=a.b; majlis_session=c.d")]
    [InlineData("GET /v1/models HTTP/1.1", 401, "X-Original-URL: /arena", "X-Rewrite-URL: /arena", "X-HTTP-Method-Override: POST")]
    public async Task What_two_readers_could_take_for_different_keys_or_paths_is_no_way_in(string line, int status, params string[] headers)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
        var request = string.Join("\r\n", [line, "Host: localhost", "Connection: close", .. headers, "", ""]);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Contains($" {status} ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_not_forgiven_for_a_valid_cookie_and_a_key_of_any_length_is_told()
    {
        using var client = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "cookie beside", Roles.Rater));
        var (_, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/session", $$"""{"key":"{{Admin}}"}""");
        var cookie = reply.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var both = KeyedServer.Client(server, ("Cookie", cookie), ("x-api-key", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(both, HttpMethod.Get, "/v1/arena/session")).Status);
        foreach (var length in new[] { KeyText.Longest, KeyText.Longest + 1, 20_000 })
        {
            using var huge = KeyedServer.WithKey(server, new string('a', length));
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(huge, HttpMethod.Get, "/v1/models")).Status);
        }
    }

    [Fact]
    public async Task Behind_a_proxy_one_clients_wrong_keys_slow_no_other_and_the_cookie_is_for_tls_only()
    {
        await using var proxied = await KeyedServer.StartAsync(options => options with { BehindProxy = "127.0.0.0/8" });
        using var attacker = KeyedServer.Client(proxied, ("x-api-key", "wrong"), ("X-Forwarded-For", "203.0.113.1"));
        using var other = KeyedServer.Client(proxied, ("x-api-key", "wrong"), ("X-Forwarded-For", "203.0.113.2"));
        var codes = new List<string?>();
        for (var i = 0; i <= WrongKeyLimit.Tries; i++)
            codes.Add((await KeyedServer.SendAsync(attacker, HttpMethod.Get, "/v1/models")).Code);
        Assert.Equal("too_many_wrong_keys", codes[^1]);
        Assert.Equal("invalid_api_key", (await KeyedServer.SendAsync(other, HttpMethod.Get, "/v1/models")).Code);
        using var browser = KeyedServer.Client(proxied, ("X-Forwarded-For", "203.0.113.3"), ("X-Forwarded-Proto", "https"));
        var (_, _, reply) = await KeyedServer.SendAsync(browser, HttpMethod.Post, "/v1/arena/session", $$"""{"key":"{{Admin}}"}""");
        Assert.Contains("secure", reply.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
    }
}
