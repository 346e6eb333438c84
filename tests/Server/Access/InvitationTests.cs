// Invitations over HTTP: each use is a session of somebody else, and none is taken twice.
using System.Net;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class InvitationTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;
    readonly Visitors visitors = new(shared.Running);

    [Fact]
    public async Task An_invitation_opens_as_many_sessions_as_it_has_uses_each_somebody_elses()
    {
        var link = await KeyedServer.AddAsync(server, "link", Roles.Rater, TimeSpan.FromDays(1), uses: 2);
        var (_, first, _) = await visitors.SignInAsync("invitation", link);
        var (_, again, repeated) = await visitors.SignInAsync("invitation", link, first!);
        Assert.Null(again); // The browser that has a session keeps it.
        Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
        var (_, second, _) = await visitors.SignInAsync("invitation", link);
        Assert.Equal("invitation_used", (await visitors.SignInRefusedAsync("invitation", link)).Code);
        var (one, other) = (await visitors.VoteAsync(visitors.WithCookie(first!)), await visitors.VoteAsync(visitors.WithCookie(second!)));
        Assert.NotEqual(one, other);
        Assert.Equal(one, await visitors.VoteAsync(visitors.WithCookie(first!)));
        // As a key it is none, nor a key an invitation.
        using var asKey = KeyedServer.WithKey(server, link);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(asKey, HttpMethod.Get, Visitors.Path)).Status);
        Assert.Equal("invalid_api_key", (await visitors.SignInRefusedAsync("key", link)).Code);
        var key = await KeyedServer.AddAsync(server, "no link", Roles.Rater);
        Assert.Equal("invalid_api_key", (await visitors.SignInRefusedAsync("invitation", key)).Code);
        var late = await KeyedServer.AddAsync(server, "late link", Roles.Rater, TimeSpan.FromDays(-1), uses: 2);
        Assert.Equal("expired_api_key", (await visitors.SignInRefusedAsync("invitation", late)).Code);
    }

    [Fact]
    public async Task Uses_at_the_same_moment_are_counted_once_each()
    {
        var link = await KeyedServer.AddAsync(server, "race", Roles.Rater, TimeSpan.FromDays(1), uses: 3);
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => visitors.SignInAsync("invitation", link)));
        Assert.Equal(3, replies.Count(reply => reply.Status == HttpStatusCode.OK));
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => Assert.Null(reply.Cookie));
    }
}
