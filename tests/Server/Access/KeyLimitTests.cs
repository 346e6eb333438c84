// A key's own limit over HTTP: it holds where the server has none, for this key alone.
using System.Net;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyLimitTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_key_is_held_to_its_own_requests_a_minute()
    {
        using var limited = KeyedServer.WithKey(server,
            await KeyedServer.AddAsync(server, "two a minute", Roles.Inference, requestsPerMinute: 2));
        using var free = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "any number", Roles.Inference));
        foreach (var left in new[] { "1", "0" })
        {
            var (status, _, reply) = await KeyedServer.ChatAsync(limited);
            Assert.Equal((HttpStatusCode.OK, "2", left), (status, Header(reply, "limit"), Header(reply, "remaining")));
        }
        var refused = await KeyedServer.ChatAsync(limited);
        Assert.Equal((HttpStatusCode.TooManyRequests, "rate_limit_exceeded"), (refused.Status, refused.Code));
        Assert.InRange(refused.Reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(free)).Status);
    }

    static string Header(HttpResponseMessage reply, string what) => reply.Headers.GetValues($"x-ratelimit-{what}-requests").Single();
}
