// A server process that others reach and that nobody gave a key: asked to, it makes the first one, shows it once, and keeps only its hash.
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Majlis.Server;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed partial class FirstKeyTests : IDisposable
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_is_printed_at_the_first_start_alone_and_opens_the_server_ever_after()
    {
        TinyStarter.Lay(folder.Path);
        var (first, log) = await RunAsync(null);
        var key = Assert.Single(Key().Matches(first)).Value;
        Assert.Contains("shown this once", first, StringComparison.Ordinal);
        Assert.DoesNotContain(key, log, StringComparison.Ordinal);
        Assert.All(Directory.EnumerateFiles(folder.File("data"), "*", SearchOption.AllDirectories),
            file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(key))));

        var (second, _) = await RunAsync(key);
        Assert.Empty(second);
    }

    [Fact]
    public async Task Nobody_who_is_reached_from_this_machine_only_gets_one()
    {
        await using var server = await KeyedServer.StartAsync(options => options with { FirstKey = FirstKey.Print }, admin: null);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(server.Http)).Status);
    }

    [Fact]
    public async Task While_the_store_is_away_there_is_none_and_the_start_ends()
    {
        var refused = await Assert.ThrowsAsync<StartupException>(() => KeyedServer.StartAsync(options => options with
        {
            FirstKey = FirstKey.Print,
            Urls = "http://0.0.0.0:0",
            Redis = RunningServer.NoRedis,
        }, admin: null));
        Assert.Contains("the store does not answer", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Starts a server for others, asks it with the key and without, ends it; gives its standard error and its log.</summary>
    async Task<(string Error, string Log)> RunAsync(string? key)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"), ["--urls", "http://0.0.0.0:0"])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
        };
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        start.Environment["MAJLIS_FIRST_KEY"] = FirstKey.Print;
        await using var server = await ServerProcess.StartAsync(start, "answers at");
        using var http = new HttpClient { BaseAddress = new Uri(server.Said.Trim().Split(' ')[3]) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.ChatAsync(http)).Status);
        if (key is not null)
        {
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(http, HttpMethod.Get, "/v1/catalog/versions")).Status);
            var (_, _, audit) = await KeyedServer.SendAsync(http, HttpMethod.Get, "/v1/access/audit");
            Assert.Equal($"first start on {Environment.MachineName}",
                (string?)Assert.Single((await RunningServer.JsonAsync(audit))["data"]!.AsArray())!["by"]);
        }
        await server.TellToEndAsync();
        Assert.Equal(0, await server.ExitAsync());
        return (await server.Errors, await server.Rest);
    }

    [GeneratedRegex("mjk_[A-Za-z0-9_]+")]
    private static partial Regex Key();
}
