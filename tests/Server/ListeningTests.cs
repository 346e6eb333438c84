// Where a server may listen, from every source of addresses, and what the program prints where it cannot.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Majlis.Feedback.Store;
using Majlis.Server;
using Majlis.Server.Access;
using Majlis.Server.Wire;
using Majlis.tests.Server.Access;
using Majlis.tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Majlis.tests.Server;

public sealed class ListeningTests
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://*:5000")]
    [InlineData("http://+:5000")]
    [InlineData("http://192.168.0.1:5000")]
    [InlineData("http://example.org:5000")]
    [InlineData("http://loopback:5000")] // Kestrel takes a name it does not know for every address.
    [InlineData("http://localhost.:5000")]
    [InlineData("http://me@127.0.0.1:5000")]
    [InlineData("https://[::ffff:10.0.0.1]:5000")]
    public void Other_machines_may_not_reach_it(string url)
    {
        Assert.Contains("no keys", Assert.Single(Listening.Refusals([url])), StringComparison.Ordinal);
        var line = Assert.Single(Listening.Refusals(Configuration(("Kestrel:Endpoints:x:Url", url))));
        Assert.StartsWith($"Kestrel:Endpoints:x:Url: '{url}'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.8.8.8:5000")]
    [InlineData("https://[::1]:5000")]
    [InlineData("http://unix:/tmp/majlis.sock")]
    public void Only_this_machine_may(string url)
    {
        Assert.Empty(Listening.Refusals([url]));
        Assert.Empty(Listening.Refusals(Configuration(("Kestrel:Endpoints:x:Url", url))));
    }

    [Fact]
    public void A_word_that_is_no_address_and_a_section_without_one_are_told_as_well()
    {
        foreach (var word in new[] { "8080", "http://127.0.0.1:99999", "http://127.0.0.1:-1" })
            Assert.Contains("is not an address", Assert.Single(Listening.Refusals([word])), StringComparison.Ordinal);
        Assert.Single(Listening.Refusals(Configuration(("Kestrel:Endpoints:x:Protocols", "Http2"))));
    }

    [Theory]
    [InlineData("http://[::]:5000", false)]
    [InlineData("http://10.0.0.1:5000", false)]
    [InlineData("http://127.0.0.1:5000", true)]
    [InlineData("http://unix:/tmp/majlis.sock", true)]
    [InlineData("http://[::]:5000", true, "an-admin-key-of-20-letters")]
    [InlineData("http://[::]:9090", true)] // Internal: health and metrics only.
    public async Task What_a_server_is_bound_to_is_looked_at_whatever_bound_it(string bound, bool mayStay, string? adminKey = null)
    {
        using var folder = new TemporaryFolder();
        var builder = WebApplication.CreateSlimBuilder();
        var options = new ServerOptions { Data = folder.Path, InternalUrls = "http://[::]:9090", AdminKey = new(adminKey, null) };
        builder.Services.AddSingleton(new RedisConnection(new RedisOptions { Redis = RunningServer.NoRedis }));
        builder.Services.AddGuard(options, KeyTimes.Default);
        builder.Services.AddSingleton(options).AddHostedService<ListeningCheck>().AddSingleton<IServer>(new BoundServer(bound));
        await using var app = builder.Build();
        var refused = await Record.ExceptionAsync(() => app.StartAsync(Stop));
        Assert.Equal(mayStay, refused is null);
        if (refused is not null) Assert.Contains(bound, Assert.IsType<StartupException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_ends_with_a_line_where_configuration_would_listen_elsewhere()
    {
        var said = await RefusedAsync("http://127.0.0.1:0", ("Kestrel__Endpoints__open__Url", "http://0.0.0.0:0"));
        Assert.Equal(2, said.Length);
        Assert.Contains("Kestrel:Endpoints:open:Url", said[0], StringComparison.Ordinal);
        Assert.Contains("the store does not answer", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_a_line_that_names_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var said = Assert.Single(await RefusedAsync($"http://127.0.0.1:{port}"));
        Assert.Contains($"port {port} on 127.0.0.1 is in use", said, StringComparison.Ordinal);
        Assert.Contains("--urls", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_key_any_address_is_listened_on_and_callers_are_asked_for_it()
    {
        await using var server = await KeyedServer.StartAsync(options => options with { Urls = "http://0.0.0.0:0" });
        var local = new Uri($"http://127.0.0.1:{server.Address.Port}");
        using var http = new HttpClient { BaseAddress = local };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync(new Uri("/v1/models", UriKind.Relative), Stop)).StatusCode);
        http.DefaultRequestHeaders.Add("x-api-key", KeyedServer.Admin);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/v1/models", UriKind.Relative), Stop)).StatusCode);
    }

    [Fact]
    public async Task Without_one_the_start_ends_with_lines_that_say_how_to_add_one()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(
            () => KeyedServer.StartAsync(options => options with { Urls = "http://0.0.0.0:0" }, admin: null));
        Assert.Contains("'http://0.0.0.0:0' can be reached", refused.Message, StringComparison.Ordinal);
        Assert.Contains("key add NAME", refused.Message, StringComparison.Ordinal);
    }

    // The lines on standard output and standard error, apart from those about the model and the store.
    static async Task<string[]> RefusedAsync(string urls, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), "--model",
            Shared.Require(Shared.AnyModel), "--urls", urls, "--redis", RunningServer.NoRedis, "--data", folder.Path,
            "--catalog", folder.File("catalog")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var said = await process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.Equal((1, ""), (process.ExitCode, await output));
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    static IConfiguration Configuration(params (string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Key, (string?)value.Value))).Build();

    // Reports that it is bound to an address, without binding.
    sealed class BoundServer : IServer
    {
        public BoundServer(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
