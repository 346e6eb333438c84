// A revoked key, and the session that it opened, end on every replica within five seconds: of the servers' clock, and as processes of ours.
using System.Diagnostics;
using System.Net;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class RevocationTests
{
    const string Session = "/v1/arena/session";
    const int Replicas = 3;

    static readonly TimeSpan limit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task By_their_own_clock_all_replicas_refuse_it_within_five_seconds()
    {
        await using var redis = await RedisServer.StartAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var replicas = new List<RunningServer>();
        try
        {
            for (var i = 0; i < Replicas; i++)
                replicas.Add(await RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One.")),
                    options => options with { Redis = redis.Address, AdminKey = new(KeyedServer.Admin, null) },
                    parts => parts with { Time = clock }));
            var key = await KeyedServer.AddAsync(replicas[0], "Sara", Roles.Rater);
            using var callers = await CallersAsync(replicas.Select(replica => replica.Address), key);
            await KeyedServer.RevokeAsync(replicas[0], "Sara");
            // Nobody is told, so only their clock ends it: it stands still but for this.
            Assert.Equal(callers.Count, await callers.ServedAsync());
            clock.Advance(limit);
            await Eventually.HoldsAsync("every replica refuses", async () => await callers.ServedAsync() == 0);
        }
        finally
        {
            foreach (var replica in replicas) await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task As_processes_they_refuse_it_within_five_seconds_after_the_command_has_ended()
    {
        await using var redis = await RedisServer.StartAsync();
        using var place = new TemporaryFolder();
        TinyStarter.Lay(place.Path);
        var replicas = new List<ServerProcess>();
        try
        {
            for (var i = 0; i < Replicas; i++) replicas.Add(await StartAsync(place, redis, i));
            string[] store = ["--redis", redis.Address];
            var (_, key, _) = await KeyProgram.RunAsync(place, store, [], "add", "Sara", "--role", Roles.Rater);
            using var callers = await CallersAsync(replicas.Select(replica => new Uri(replica.Said.Trim().Split(' ')[3])), key.Trim());
            Assert.Equal(0, (await KeyProgram.RunAsync(place, store, [], "revoke", "Sara")).Exit);
            var watch = Stopwatch.StartNew();
            // The time of asking counts: how long a busy machine takes to answer does not.
            var (asked, last) = (TimeSpan.Zero, TimeSpan.Zero);
            await Eventually.HoldsAsync("every replica refuses", async () =>
            {
                asked = watch.Elapsed;
                if (await callers.ServedAsync() == 0) return true;
                last = asked;
                return false;
            });
            Assert.InRange(last, TimeSpan.Zero, limit);
            TestContext.Current.TestOutputHelper?.WriteLine($"last served {last.TotalSeconds:0.0} s after the command had ended");
        }
        finally
        {
            foreach (var replica in replicas) await replica.DisposeAsync();
        }
    }

    static Task<ServerProcess> StartAsync(TemporaryFolder place, RedisServer redis, int number)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Majlis.Server"),
            ["--urls", "http://127.0.0.1:0", "--redis", redis.Address, "--data", $"data{number}", "--catalog", "catalog"])
        { WorkingDirectory = place.Path };
        start.Environment["Logging__LogLevel__Default"] = "Information"; // other tests ask for less, and what they ask is inherited
        start.Environment[AdminKey.Variable] = KeyedServer.Admin;
        return ServerProcess.StartAsync(start, "answers at");
    }

    static async Task<Callers> CallersAsync(IEnumerable<Uri> replicas, string key)
    {
        var addresses = replicas.ToArray();
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = addresses[0] };
        var (status, _, reply) = await KeyedServer.SendAsync(http, HttpMethod.Post, Session, $$"""{"key":"{{key}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var cookie = reply.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var callers = new Callers([.. addresses.SelectMany(_ => new[] { ("Authorization", $"Bearer {key}"), ("Cookie", cookie) },
            (address, header) => Client(address, header))]);
        Assert.Equal(callers.Count, await callers.ServedAsync());
        return callers;
    }

    static HttpClient Client(Uri address, (string Name, string Value) header)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = address };
        client.DefaultRequestHeaders.Add(header.Name, header.Value);
        return client;
    }

    /// <summary>Two at each replica: one with the key, one with the session that it opened.</summary>
    sealed class Callers(HttpClient[] clients) : IDisposable
    {
        // Who is refused too often from one address is told to wait.
        static readonly HttpStatusCode[] expected = [HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests];

        public int Count => clients.Length;

        /// <summary>How many of them are served. Any answer but served or refused fails the test.</summary>
        public async Task<int> ServedAsync()
        {
            var served = 0;
            foreach (var client in clients)
            {
                var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Get, Session);
                Assert.Contains(status, expected);
                if (status == HttpStatusCode.OK) served++;
            }
            return served;
        }

        public void Dispose()
        {
            foreach (var client in clients) client.Dispose();
        }
    }
}
