// Two servers on one Redis: a key added is served by both at once, a session of one is a session of the other, and what ends ends on both.
using System.Net;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class ReplicaTests
{
    const string Session = "/v1/arena/session";

    [Fact]
    public async Task Keys_and_sessions_are_one_for_all_replicas()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis);
        await using var other = await StartAsync(redis);
        var key = await KeyedServer.AddAsync(one, "Sara", Roles.Rater);
        using var atOne = KeyedServer.WithKey(one, key);
        using var atOther = KeyedServer.WithKey(other, key);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(atOther, HttpMethod.Get, Session)).Status);
        var (_, _, signedIn) = await KeyedServer.SendAsync(atOne, HttpMethod.Post, Session, $$"""{"key":"{{key}}"}""");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var first = KeyedServer.Client(one, ("Cookie", cookie));
        using var second = KeyedServer.Client(other, ("Cookie", cookie));
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(second, HttpMethod.Get, Session)).Status);
        Assert.Equal(one.Part<KeyRing>().VoterOf(Only(one)), other.Part<KeyRing>().VoterOf(Only(other)));

        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(first, HttpMethod.Delete, Session)).Status);
        await RefusedAsync(second);
        await KeyedServer.RevokeAsync(one, "Sara");
        await RefusedAsync(atOne);
        await RefusedAsync(atOther);
    }

    static Majlis.Feedback.Store.Access.AccessKey Only(RunningServer server) => server.Part<KeyRing>().Keys!.ById.Values.Single();

    static Task RefusedAsync(HttpClient client) => Eventually.HoldsAsync("the caller is refused",
        async () => (await KeyedServer.SendAsync(client, HttpMethod.Get, Session)).Status == HttpStatusCode.Unauthorized);

    static Task<RunningServer> StartAsync(RedisServer redis) => RunningServer.StartAsync(TinyModel.Of(new RecitingNetwork("One.", "Two.")),
        options => options with { Redis = redis.Address, AdminKey = new(KeyedServer.Admin, null) });
}
