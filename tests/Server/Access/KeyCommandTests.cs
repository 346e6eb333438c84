// The `key` commands as a person runs them: beside a running server, with none, against a Redis, and with everything that can be wrong.
using System.Net;
using Majlis.CommandLine;
using Majlis.Feedback.Store.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task Beside_a_running_server_a_key_works_at_once_and_a_revoked_one_stops()
    {
        using var folder = new TemporaryFolder();
        await using var server = await KeyedServer.StartAsync(options => options with { Data = folder.Path }, admin: null);
        using var nobody = KeyedServer.Client(server);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(nobody)).Status);
        var (exit, key, said) = await KeyProgram.RunAsync(folder, "add", "سارة", "--role", "inference", "--requests-per-minute", "7");
        Assert.Equal((0, 1), (exit, key.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Contains("shown this once", said, StringComparison.Ordinal);
        using var client = KeyedServer.WithKey(server, key.Trim());
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(client)).Status);
        await Eventually.HoldsAsync("keys are asked for",
            async () => (await KeyedServer.ChatAsync(nobody)).Status == HttpStatusCode.Unauthorized);
        Assert.Equal(1, (await KeyProgram.RunAsync(folder, "add", "سارة", "--role", "rater")).Exit);
        var (_, list, _) = await KeyProgram.RunAsync(folder, "list");
        Assert.Contains("سارة\tinference\t", list, StringComparison.Ordinal);
        Assert.Contains("7 requests a minute", list, StringComparison.Ordinal);
        Assert.Contains($"keeps replies as {list.Split('\t')[2]}", list, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Trim(), list, StringComparison.Ordinal);
        Assert.Equal(0, (await KeyProgram.RunAsync(folder, "revoke", "سارة", "--reason", "left the team")).Exit);
        await Eventually.HoldsAsync("the key is refused", async () => (await KeyedServer.ChatAsync(client)).Code == "revoked_api_key");
        Assert.Equal(1, (await KeyProgram.RunAsync(folder, "revoke", "سارة")).Exit);
        var records = await server.Part<KeyStore>().Audit.ReadAsync(10, null, newestFirst: false);
        Assert.Equal(["add سارة ", "revoke سارة left the team"], records!.Entries.Select(record => KeyChange.Read(record.Json.Span))
            .Select(change => $"{change.Action} {change.Name} {change.Reason}"));
        Assert.All(records.Entries, record =>
            Assert.EndsWith($"@{Environment.MachineName}", KeyChange.Read(record.Json.Span).By, StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_nothing_running_the_embedded_store_is_started_for_the_moment_and_the_key_is_there_later()
    {
        using var folder = new TemporaryFolder();
        var (exit, key, _) = await KeyProgram.RunAsync(folder, "add", "first", "--role", "admin", "--expires", "2999-01-31");
        Assert.Equal(0, exit);
        var (invited, link, _) = await KeyProgram.RunAsync(folder, "invite", "--uses", "2", "--expires", "2999-01-31T12:00Z");
        Assert.Equal(0, invited);
        Assert.StartsWith("/arena#invitation=mji_", link, StringComparison.Ordinal);
        await using var server = await KeyedServer.StartAsync(
            options => options with { Data = folder.Path, Urls = "http://0.0.0.0:0" }, admin: null);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Address.Port}") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.ChatAsync(client)).Status);
        var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/session",
            $$"""{"invitation":"{{link.Trim().Split('=')[1]}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        client.DefaultRequestHeaders.Add("x-api-key", key.Trim());
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/metrics")).Status);
        var (_, list, _) = await KeyProgram.RunAsync(folder, "list");
        Assert.Contains("used 1 of 2", list, StringComparison.Ordinal);
        Assert.Contains("expires 2999-02-01T00:00Z", list, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_redis_every_server_finds_it_and_a_wrong_password_is_told_without_repeating_it()
    {
        await using var redis = await RedisServer.StartAsync("--appendonly", "yes", "--appendfsync", "always", "--requirepass", "right");
        using var folder = new TemporaryFolder();
        var (exit, _, said) = await KeyProgram.RunAsync(folder, ["--redis", redis.Address], [("MAJLIS_REDIS_PASSWORD", "s3cret")],
            "add", "one", "--role", "rater");
        Assert.Equal(1, exit);
        Assert.DoesNotContain("s3cret", said, StringComparison.Ordinal);
        Assert.Contains("does not answer", said, StringComparison.Ordinal);
        (string, string)[] right = [("MAJLIS_REDIS_PASSWORD", "right")];
        Assert.Equal(0, (await KeyProgram.RunAsync(folder, ["--redis", redis.Address], right, "add", "one", "--role", "rater")).Exit);
        var (_, list, _) = await KeyProgram.RunAsync(folder, ["--redis", redis.Address], right, "list");
        Assert.StartsWith("one\trater\t", list, StringComparison.Ordinal);
        Assert.Contains("votes as ", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--role: 'boss' is no role", "add", "x", "--role", "boss")]
    [InlineData("--role: 'rater,boss' is no role", "add", "x", "--role", "rater,boss")]
    [InlineData("--role", "add", "x")]
    [InlineData("NAME: 'Admin' is the server's own word", "add", "Admin", "--role", "rater")]
    [InlineData("NAME", "add", "two\nlines", "--role", "rater")]
    [InlineData("NAME", "add", "turned\u202eback", "--role", "rater")]
    [InlineData("NAME", "add", "", "--role", "rater")]
    [InlineData("--requests-per-minute: '0'", "add", "x", "--role", "rater", "--requests-per-minute", "0")]
    [InlineData("--concurrent: '٥'", "add", "x", "--role", "rater", "--concurrent", "٥")]
    [InlineData("--expires: '2020-01-31' has passed", "add", "x", "--role", "rater", "--expires", "2020-01-31")]
    [InlineData("--expires: '31.1.2999' is not a date", "add", "x", "--role", "rater", "--expires", "31.1.2999")]
    [InlineData("--uses", "invite", "--expires", "2999-01-31")]
    [InlineData("--expires", "invite", "--uses", "3")]
    public async Task What_cannot_be_is_told_before_any_store_is_touched(string says, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var (exit, output, said) = await KeyProgram.RunAsync(folder, arguments);
        Assert.Equal((HostCommand.WrongOptions, ""), (exit, output));
        Assert.Contains(says, said, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
