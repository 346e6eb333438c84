// Every mapped endpoint states who may call it, or stands on a short list of open ones; one that states nothing is closed to everybody.
using System.Net;
using Majlis.Feedback.Store;
using Majlis.Server;
using Majlis.Server.Access;
using Majlis.Server.Limits;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class EveryEndpointTests(ChatServer shared) : IClassFixture<ChatServer>
{
    /// <summary>All that a caller without a key may reach.</summary>
    static readonly string[] open = ["GET /", "GET /arena", "GET /pages/{folder}/{name}", "GET /reference", "GET /openapi.json",
        "POST /v1/arena/session"];

    [Fact]
    public void Every_endpoint_has_a_role_or_stands_on_the_list_of_open_ones()
    {
        var endpoints = shared.Running.Part<EndpointDataSource>().Endpoints;
        Assert.InRange(endpoints.Count, 8, int.MaxValue);
        Assert.All(endpoints, endpoint =>
        {
            var path = Assert.IsType<RouteEndpoint>(endpoint).RoutePattern.RawText!;
            var roles = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Roles).ToArray();
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
                Assert.True(open.Contains($"{Methods(endpoint)} {path}") && roles.Length == 0, path);
            else Assert.True(AreRoles(Assert.Single(roles)), path);
        });

        static bool AreRoles(string? roles) => roles is { Length: > 0 } && !roles.Split(',').Except([.. Roles.All, Roles.Internal]).Any();

        static string Methods(Endpoint endpoint) =>
            string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []);
    }

    [Fact]
    public void Whatever_a_key_for_inference_may_call_counts_against_its_limits() =>
        Assert.All(shared.Running.Part<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata
            .GetOrderedMetadata<IAuthorizeData>().Any(data => data.Roles!.Split(',').Contains(Roles.Inference))), endpoint =>
            Assert.Contains(ClientLimits.Limited, path => new PathString(endpoint.RoutePattern.RawText).StartsWithSegments(path)));

    [Fact]
    public async Task What_states_nothing_is_closed_to_everybody()
    {
        using var folder = new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new RedisConnection(new RedisOptions { Redis = RunningServer.NoRedis }));
        builder.Services.AddGuard(new ServerOptions { Data = folder.Path }, KeyTimes.Default);
        await using var app = builder.Build();
        app.Services.GetRequiredService<KeyRing>().LoopbackOnly = true;
        app.UseGuard();
        app.MapGet("/stated", () => "yes").RequireRole(Roles.Inference);
        app.MapGet("/open", () => "yes").Open();
        app.MapGet("/silent", () => "yes");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        foreach (var (path, status) in new[]
        {
            ("/stated", HttpStatusCode.OK), ("/open", HttpStatusCode.OK), ("/nowhere", HttpStatusCode.NotFound),
            ("/silent", HttpStatusCode.Forbidden), ("/SILENT/", HttpStatusCode.Forbidden), ("/sil%65nt", HttpStatusCode.Forbidden),
            ("//silent", HttpStatusCode.NotFound),
        })
            Assert.Equal(status,
                (await http.GetAsync(new Uri($"{app.Urls.Single()}{path}"), TestContext.Current.CancellationToken)).StatusCode);
        using var posted = await http.PostAsync(new Uri("/stated", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
