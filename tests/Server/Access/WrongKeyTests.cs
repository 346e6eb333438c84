// A flood of wrong keys is slowed by address, in a table of fixed size, and never stops a key that is known.
using System.Net;
using Majlis.Server.Access;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class WrongKeyTests
{
    [Fact]
    public async Task After_some_wrong_keys_an_address_waits_and_known_keys_pass()
    {
        await using var server = await KeyedServer.StartAsync();
        using var known = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "known", Roles.Inference));
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(known)).Status);
        using var wrong = KeyedServer.WithKey(server, "mjk_aaaaaaaaaaaa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        for (var i = 0; i < WrongKeyLimit.Tries; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.ChatAsync(wrong)).Status);
        var (status, code, reply) = await KeyedServer.ChatAsync(wrong);
        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_wrong_keys"), (status, code));
        Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, WrongKeyLimit.AnotherAfter.TotalSeconds);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(known)).Status);
        using var admin = KeyedServer.WithKey(server, KeyedServer.Admin);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(admin)).Status);
        using var guess = KeyedServer.Client(server);
        var (_, slowed, _) = await KeyedServer.SendAsync(guess, HttpMethod.Post, "/v1/arena/session", """{"key":"guess"}""");
        Assert.Equal("too_many_wrong_keys", slowed);
    }

    [Fact]
    public void Tries_come_back_with_time_and_an_address_does_not_spend_anothers()
    {
        var time = new FakeTimeProvider();
        var limit = new WrongKeyLimit(time);
        for (var i = 0; i < WrongKeyLimit.Tries; i++) Assert.Null(limit.Take("one"));
        Assert.Equal(WrongKeyLimit.AnotherAfter, limit.Take("one"));
        Assert.Null(limit.Take("other"));
        time.Advance(WrongKeyLimit.AnotherAfter);
        Assert.Null(limit.Take("one"));
        Assert.NotNull(limit.Take("one"));
        time.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < WrongKeyLimit.Tries; i++) Assert.Null(limit.Take("one"));
        Assert.NotNull(limit.Take("one"));
        limit.GiveBack("one");
        Assert.Null(limit.Take("one"));
    }
}
