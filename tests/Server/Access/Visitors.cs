// People at a server with keys, each known by the cookie of a session: they sign in, are asked who they are, and judge.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

sealed class Visitors(RunningServer server)
{
    public const string Path = "/v1/arena/session";

    public HttpClient WithCookie(string cookie) => KeyedServer.Client(server, ("Cookie", $"majlis_session={cookie}"));

    public async Task<(HttpStatusCode Status, string? Cookie, HttpResponseMessage Reply)> SignInAsync(string field, string text,
        string? cookie = null)
    {
        using var client = cookie is null ? KeyedServer.Client(server) : WithCookie(cookie);
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Post, Path, $$"""{"{{field}}":"{{text}}"}""");
        var set = reply.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null;
        return (status, set?["majlis_session=".Length..].Split(';')[0], reply);
    }

    public async Task<(HttpStatusCode Status, string? Code, HttpResponseMessage Reply)> SignInRefusedAsync(string field, string text)
    {
        using var client = KeyedServer.Client(server);
        return await KeyedServer.SendAsync(client, HttpMethod.Post, Path, $$"""{"{{field}}":"{{text}}"}""");
    }

    /// <summary>The name of the session's holder; null where there is no session.</summary>
    public async Task<string?> NameAsync(string cookie)
    {
        using var client = WithCookie(cookie);
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Get, Path);
        return status == HttpStatusCode.OK ? (string?)(await RunningServer.JsonAsync(reply))["name"] : null;
    }

    public Task EndedAsync(string cookie) => Eventually.HoldsAsync("the session has ended", async () => await NameAsync(cookie) is null);

    public static async Task<string> BattleAsync(HttpClient client)
    {
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)JsonNode.Parse((await RunningServer.EventsAsync(reply))[0])!["id"]!;
    }

    /// <summary>To whom a vote of this client is credited.</summary>
    public async Task<string> VoteAsync(HttpClient client)
    {
        var battle = await BattleAsync(client);
        var path = $"/v1/arena/battles/{battle}/vote";
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(client, HttpMethod.Post, path, """{"verdict":"a"}""")).Status);
        await foreach (var vote in new VoteCursor(server.Part<RedisConnection>()).ReadAsync(0))
            if (vote.Vote.BattleId == battle) return vote.Vote.Voter;
        Assert.Fail("The vote is not kept.");
        return "";
    }
}
