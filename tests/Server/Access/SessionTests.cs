// Raters' sessions over HTTP: signing in by key, what a session may do, whose votes are whose, what ends a session.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store.Access;
using Majlis.Feedback.Votes;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class SessionTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;
    readonly Visitors visitors = new(shared.Running);

    [Fact]
    public async Task A_key_becomes_a_cookie_that_no_script_reads_and_no_other_site_sends()
    {
        var (status, cookie, reply) = await visitors.SignInAsync("key", await KeyedServer.AddAsync(server, "cookie", Roles.Rater));
        Assert.Equal(HttpStatusCode.OK, status);
        var set = Assert.Single(reply.Headers.GetValues("Set-Cookie"));
        foreach (var word in new[] { "httponly", "samesite=strict", "path=/", "expires=" })
            Assert.Contains(word, set, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", set, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("cookie", await visitors.NameAsync(cookie!));
    }

    [Fact]
    public async Task An_admins_session_chats_and_rates_and_does_nothing_else()
    {
        var (_, cookie, _) = await visitors.SignInAsync("key", KeyedServer.Admin);
        using var client = visitors.WithCookie(cookie!);
        Assert.Equal("admin", await visitors.NameAsync(cookie!));
        foreach (var path in new[] { "/v1/catalog/versions", "/v1/catalog/audit", "/metrics", "/health/ready" })
            Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(client, HttpMethod.Get, path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden,
            (await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/catalog/rollback", "{}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(client)).Status);
        await Visitors.BattleAsync(client);
    }

    [Theory]
    [InlineData(Roles.Inference, "key", true, false)]
    [InlineData(Roles.Rater, "key", false, true)]
    [InlineData(Roles.Rater, "invitation", true, true)]
    public async Task A_session_does_what_its_key_may_and_an_invitations_guest_chats_and_rates(string role, string field, bool chats,
        bool rates)
    {
        var text = await KeyedServer.AddAsync(server, $"{role} {field}", role, TimeSpan.FromDays(1), field == "key" ? null : 1);
        var (_, cookie, reply) = await visitors.SignInAsync(field, text);
        string[] roles = [.. new[] { chats ? Roles.Inference : null, rates ? Roles.Rater : null }.OfType<string>()];
        using var client = visitors.WithCookie(cookie!);
        var (_, _, asked) = await KeyedServer.SendAsync(client, HttpMethod.Get, Visitors.Path);
        foreach (var said in new[] { reply, asked })
            Assert.Equal(roles, (await RunningServer.JsonAsync(said))["roles"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(chats ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await KeyedServer.ChatAsync(client)).Status);
        var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}""");
        Assert.Equal(rates ? HttpStatusCode.OK : HttpStatusCode.Forbidden, status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/v1/catalog/versions")).Status);
    }

    [Fact]
    public async Task A_vote_is_the_keys_or_the_sessions_and_nobody_elses()
    {
        var key = await KeyedServer.AddAsync(server, "voter", Roles.Rater);
        var (_, cookie, _) = await visitors.SignInAsync("key", key);
        var byKey = await visitors.VoteAsync(KeyedServer.WithKey(server, key));
        Assert.Equal(byKey, await visitors.VoteAsync(visitors.WithCookie(cookie!)));
        // An old cookie of a time without keys, and a voter named in the body, count for nothing.
        var hash = VoterHash.Open(server.Part<Majlis.Server.ServerOptions>().Data);
        using var old = KeyedServer.Client(server, ("Authorization", $"Bearer {key}"),
            ("Cookie", $"majlis_voter=somebody.{hash.Of("cookie:somebody")}"));
        Assert.Equal(byKey, await visitors.VoteAsync(old));
        var battle = await Visitors.BattleAsync(old);
        var (status, _, _) = await KeyedServer.SendAsync(old, HttpMethod.Post, $"/v1/arena/battles/{battle}/vote",
            """{"verdict":"a","voter":"somebody"}""");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        using var other = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "another", Roles.Rater));
        var (_, code, _) = await KeyedServer.SendAsync(other, HttpMethod.Post, $"/v1/arena/battles/{battle}/vote", """{"verdict":"a"}""");
        Assert.Equal("not_your_battle", code);
    }

    [Fact]
    public async Task Revoking_signing_out_and_erasing_end_sessions_and_a_copied_cookie_with_them()
    {
        var key = await KeyedServer.AddAsync(server, "revoked", Roles.Rater);
        var link = await KeyedServer.AddAsync(server, "revoked link", Roles.Rater, TimeSpan.FromDays(1), uses: 9);
        foreach (var (name, field, text) in new[] { ("revoked", "key", key), ("revoked link", "invitation", link) })
        {
            var (_, cookie, _) = await visitors.SignInAsync(field, text);
            Assert.NotNull(await visitors.NameAsync(cookie!));
            await KeyedServer.RevokeAsync(server, name);
            await visitors.EndedAsync(cookie!);
        }
        foreach (var path in new[] { Visitors.Path, "/v1/arena/me" })
        {
            var (_, cookie, _) = await visitors.SignInAsync("key", await KeyedServer.AddAsync(server, $"ends by {path}", Roles.Rater));
            using var client = visitors.WithCookie(cookie!);
            await visitors.VoteAsync(client);
            var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains(reply.Headers.GetValues("Set-Cookie"), set => set.StartsWith("majlis_session=;", StringComparison.Ordinal));
            await visitors.EndedAsync(cookie!);
        }
    }

    [Fact]
    public async Task A_voter_has_a_bounded_number_of_sessions_and_the_oldest_end()
    {
        var key = await KeyedServer.AddAsync(server, "many", Roles.Rater);
        var (_, oldest, _) = await visitors.SignInAsync("key", key);
        var (_, newest, _) = await visitors.SignInAsync("key", key);
        for (var i = 2; i <= SessionStore.Most; i++) (_, newest, _) = await visitors.SignInAsync("key", key);
        await visitors.EndedAsync(oldest!);
        Assert.Equal("many", await visitors.NameAsync(newest!));
    }
}
