// Who may send requests: to hosts of this machine, from the server's own pages, and from programs, which do not state an origin.
using System.Net;
using System.Text;
using Majlis.Server.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Majlis.tests.Server;

public sealed class RequestOriginTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:8080")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("notlocalhost")]
    [InlineData("0.0.0.0:8080")]
    [InlineData("[2001:db8::1]:8080")]
    [InlineData("192.168.0.1")]
    public async Task A_host_that_is_not_this_machines_is_turned_down_everywhere(string host)
    {
        foreach (var path in new[] { "/arena", "/v1/models", "/metrics", "/health/ready", "/nowhere" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
            await RefusedAsync(request, HttpStatusCode.MisdirectedRequest, "host_not_allowed", host);
        }
        using var chat = Chat(("Host", host));
        await RefusedAsync(chat, HttpStatusCode.MisdirectedRequest, "host_not_allowed", host);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("arena.localhost:80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2:1234")]
    [InlineData("[::1]:8080")]
    public async Task Names_of_this_machine_are_taken(string host)
    {
        using var request = Chat(("Host", host));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "anything")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://localhost:3000")]
    [InlineData("Origin", "http://localhost")]
    [InlineData("Origin", "file://")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        foreach (var path in new[] { "/v1/chat/completions", "/v1/arena/battles", "/v1/arena/battles/btl_1/vote" })
        {
            using var request = Chat(("Host", "localhost:8080"), (header, value));
            request.RequestUri = new Uri(path, UriKind.Relative);
            await RefusedAsync(request, HttpStatusCode.Forbidden, "cross_site_request", "");
        }
        using var delete = new HttpRequestMessage(HttpMethod.Delete, "/v1/models/current");
        delete.Headers.TryAddWithoutValidation(header, value);
        await RefusedAsync(delete, HttpStatusCode.Forbidden, "cross_site_request", "");
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "same-origin")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "http://localhost:8080")]
    [InlineData("Origin", "https://localhost:8080")]
    public async Task The_servers_own_page_is_taken(string header, string value)
    {
        using var request = Chat(("Host", "localhost:8080"), (header, value));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_page_may_link_here()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/arena");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Hosts_that_are_configured_are_taken_as_well()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["AllowedHosts"] = "majlis.example; *.rater.example";
        RequestOrigin.ReplaceHostFilter(builder.Services);
        await using var app = builder.Build();
        app.UseOriginCheck();
        app.MapPost("/v1/chat/completions", () => "yes");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        foreach (var (host, status) in new[]
        {
            ("majlis.example:443", HttpStatusCode.OK), ("one.rater.example", HttpStatusCode.OK), ("localhost", HttpStatusCode.OK),
            ("rater.example", HttpStatusCode.MisdirectedRequest), ("evil.example", HttpStatusCode.MisdirectedRequest),
        })
        {
            using var request = Chat(("Host", host));
            Assert.Equal(status, (await http.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
        }
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    static HttpRequestMessage Chat(params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(RunningServer.ChatBody().ToJsonString(), Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        server.Http.SendAsync(request, TestContext.Current.CancellationToken);

    async Task RefusedAsync(HttpRequestMessage request, HttpStatusCode status, string code, string named)
    {
        using var reply = await SendAsync(request);
        var error = (await RunningServer.JsonAsync(reply))["error"]!;
        Assert.Equal((status, code), (reply.StatusCode, (string?)error["code"]));
        Assert.Contains(named, (string)error["message"]!, StringComparison.Ordinal);
    }
}
