// The audit of keys as an admin reads it: pages of who changed which key, and nothing for anybody else.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyAuditTests
{
    const string Path = "/v1/access/audit";

    [Fact]
    public async Task An_admin_reads_who_made_and_revoked_which_key_and_nobody_else_does()
    {
        await using var server = await KeyedServer.StartAsync();
        var key = await KeyedServer.AddAsync(server, "Sara", Roles.Rater, TimeSpan.FromDays(1));
        await KeyedServer.AddAsync(server, "guests", Roles.Rater, uses: 3);
        await KeyedServer.RevokeAsync(server, "guests");
        using var admin = KeyedServer.WithKey(server, KeyedServer.Admin);
        var (status, _, reply) = await KeyedServer.SendAsync(admin, HttpMethod.Get, Path);
        Assert.Equal(HttpStatusCode.OK, status);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(key.Split('_')[2], text, StringComparison.Ordinal);
        var changes = JsonNode.Parse(text)!["data"]!.AsArray();
        // Changes of one millisecond have no order.
        Assert.Equal(["add Sara rater ", "add guests rater 3", "revoke guests rater 3"], changes.Select(change =>
            $"{change!["action"]} {change["name"]} {change["role"]} {change["uses"]}").Order(StringComparer.Ordinal));
        Assert.All(changes, change =>
            Assert.Equal(("access.change", "a test"), ((string?)change!["object"], (string?)change["by"])));
        var sara = changes.Single(change => (string?)change!["name"] == "Sara")!;
        Assert.Equal(key.Split('_')[1], (string?)sara["key"]);
        Assert.True((long)sara["expires_at"]! > (long)sara["created_at"]!);

        using var rater = KeyedServer.WithKey(server, key);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(rater, HttpMethod.Get, Path)).Status);
        using var nobody = KeyedServer.Client(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(nobody, HttpMethod.Get, Path)).Status);
    }

    [Fact]
    public async Task It_is_read_in_pages_and_a_page_that_cannot_be_is_refused()
    {
        await using var server = await KeyedServer.StartAsync();
        foreach (var name in new[] { "one", "two", "three" }) await KeyedServer.AddAsync(server, name, Roles.Rater);
        using var admin = KeyedServer.WithKey(server, KeyedServer.Admin);
        var first = await PageAsync(admin, "?limit=2&order=asc");
        var second = await PageAsync(admin, $"?limit=2&order=asc&after={first["last_id"]}");
        Assert.Equal((2, true, 1, false), (Count(first), (bool)first["has_more"]!, Count(second), (bool)second["has_more"]!));
        foreach (var query in new[] { "?limit=0", "?after=nothing", "?page=2" })
            Assert.Equal(HttpStatusCode.BadRequest, (await KeyedServer.SendAsync(admin, HttpMethod.Get, Path + query)).Status);

        static int Count(JsonObject page) => page["data"]!.AsArray().Count;
    }

    static async Task<JsonObject> PageAsync(HttpClient client, string query)
    {
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Get, Path + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return await RunningServer.JsonAsync(reply);
    }
}
