// Raters' sessions over HTTP: signing in by key and by invitation, what ends a session, whose votes are whose, every cookie that is none.
using System.Net;
using System.Text.Json.Nodes;
using Majlis.Feedback.Store;
using Majlis.Feedback.Store.Access;
using Majlis.Feedback.Votes;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class SessionTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    const string Path = "/v1/arena/session";

    readonly RunningServer server = shared.Running;

    [Fact]
    public async Task A_key_becomes_a_cookie_that_no_script_reads_and_no_other_site_sends()
    {
        var (status, cookie, reply) = await SignInAsync("key", await KeyedServer.AddAsync(server, "cookie", Roles.Rater));
        Assert.Equal(HttpStatusCode.OK, status);
        var set = Assert.Single(reply.Headers.GetValues("Set-Cookie"));
        foreach (var word in new[] { "httponly", "samesite=strict", "path=/", "expires=" })
            Assert.Contains(word, set, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", set, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("cookie", await NameAsync(cookie!));
    }

    [Fact]
    public async Task An_admins_session_chats_and_rates_and_does_nothing_else()
    {
        var (_, cookie, _) = await SignInAsync("key", KeyedServer.Admin);
        using var client = WithCookie(cookie!);
        Assert.Equal("admin", await NameAsync(cookie!));
        foreach (var path in new[] { "/v1/catalog/versions", "/v1/catalog/audit", "/metrics", "/health/ready" })
            Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(client, HttpMethod.Get, path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden,
            (await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/catalog/rollback", "{}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(client)).Status);
        await BattleAsync(client);
    }

    [Theory]
    [InlineData(Roles.Inference, "key", true, false)]
    [InlineData(Roles.Rater, "key", false, true)]
    [InlineData(Roles.Rater, "invitation", true, true)]
    public async Task A_session_does_what_its_key_may_and_an_invitations_guest_chats_and_rates(string role, string field, bool chats,
        bool rates)
    {
        var text = await KeyedServer.AddAsync(server, $"{role} {field}", role, TimeSpan.FromDays(1), field == "key" ? null : 1);
        var (_, cookie, reply) = await SignInAsync(field, text);
        string[] roles = [.. new[] { chats ? Roles.Inference : null, rates ? Roles.Rater : null }.OfType<string>()];
        using var client = WithCookie(cookie!);
        var (_, _, asked) = await KeyedServer.SendAsync(client, HttpMethod.Get, Path);
        foreach (var said in new[] { reply, asked })
            Assert.Equal(roles, (await RunningServer.JsonAsync(said))["roles"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(chats ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await KeyedServer.ChatAsync(client)).Status);
        var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}""");
        Assert.Equal(rates ? HttpStatusCode.OK : HttpStatusCode.Forbidden, status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/v1/catalog/versions")).Status);
    }

    [Fact]
    public async Task An_invitation_opens_as_many_sessions_as_it_has_uses_each_somebody_elses()
    {
        var link = await KeyedServer.AddAsync(server, "link", Roles.Rater, TimeSpan.FromDays(1), uses: 2);
        var (_, first, _) = await SignInAsync("invitation", link);
        var (_, again, repeated) = await SignInAsync("invitation", link, first!);
        Assert.Null(again); // The browser that has a session keeps it.
        Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
        var (_, second, _) = await SignInAsync("invitation", link);
        Assert.Equal("invitation_used", (await SignInRefusedAsync("invitation", link)).Code);
        var (one, other) = (await VoteAsync(WithCookie(first!)), await VoteAsync(WithCookie(second!)));
        Assert.NotEqual(one, other);
        Assert.Equal(one, await VoteAsync(WithCookie(first!)));
        // As a key it is none, nor a key an invitation.
        using var asKey = KeyedServer.WithKey(server, link);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(asKey, HttpMethod.Get, Path)).Status);
        Assert.Equal("invalid_api_key", (await SignInRefusedAsync("key", link)).Code);
        var key = await KeyedServer.AddAsync(server, "no link", Roles.Rater);
        Assert.Equal("invalid_api_key", (await SignInRefusedAsync("invitation", key)).Code);
        var late = await KeyedServer.AddAsync(server, "late link", Roles.Rater, TimeSpan.FromDays(-1), uses: 2);
        Assert.Equal("expired_api_key", (await SignInRefusedAsync("invitation", late)).Code);
    }

    [Fact]
    public async Task Uses_at_the_same_moment_are_counted_once_each()
    {
        var link = await KeyedServer.AddAsync(server, "race", Roles.Rater, TimeSpan.FromDays(1), uses: 3);
        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SignInAsync("invitation", link)));
        Assert.Equal(3, replies.Count(reply => reply.Status == HttpStatusCode.OK));
        Assert.All(replies.Where(reply => reply.Status != HttpStatusCode.OK), reply => Assert.Null(reply.Cookie));
    }

    [Fact]
    public async Task A_vote_is_the_keys_or_the_sessions_and_nobody_elses()
    {
        var key = await KeyedServer.AddAsync(server, "voter", Roles.Rater);
        var (_, cookie, _) = await SignInAsync("key", key);
        var byKey = await VoteAsync(KeyedServer.WithKey(server, key));
        Assert.Equal(byKey, await VoteAsync(WithCookie(cookie!)));
        // An old cookie of a time without keys, and a voter named in the body, count for nothing.
        var hash = VoterHash.Open(server.Part<Majlis.Server.ServerOptions>().Data);
        using var old = KeyedServer.Client(server, ("Authorization", $"Bearer {key}"),
            ("Cookie", $"majlis_voter=somebody.{hash.Of("cookie:somebody")}"));
        Assert.Equal(byKey, await VoteAsync(old));
        var battle = await BattleAsync(old);
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
            var (_, cookie, _) = await SignInAsync(field, text);
            Assert.NotNull(await NameAsync(cookie!));
            await KeyedServer.RevokeAsync(server, name);
            await EndedAsync(cookie!);
        }
        foreach (var path in new[] { Path, "/v1/arena/me" })
        {
            var (_, cookie, _) = await SignInAsync("key", await KeyedServer.AddAsync(server, $"ends by {path}", Roles.Rater));
            using var client = WithCookie(cookie!);
            await VoteAsync(client);
            var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Delete, path);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains(reply.Headers.GetValues("Set-Cookie"), set => set.StartsWith("majlis_session=;", StringComparison.Ordinal));
            await EndedAsync(cookie!);
        }
    }

    [Fact]
    public async Task A_forged_an_altered_and_a_foreign_cookie_are_refused_without_a_look_into_the_store()
    {
        var (_, cookie, _) = await SignInAsync("key", await KeyedServer.AddAsync(server, "forged", Roles.Rater));
        var (id, signature) = (cookie!.Split('.')[0], cookie.Split('.')[1]);
        var foreign = new AccessSecret(new byte[AccessSecret.Bytes]).Hash("session", id);
        string[] forgeries =
        [
            "", ".", id, $"{id}.", $".{signature}", $"{id}.{signature[..^1]}", $"{id}x.{signature}", $"{id}.{foreign}",
            $"{id}.{signature}.x", $"{id}.{signature.ToUpperInvariant()}", new('a', 4096), "%00.%00", "مفتاح.سرّ",
        ];
        foreach (var forged in forgeries)
        {
            using var client = WithCookie(forged);
            var (status, code, _) = await KeyedServer.SendAsync(client, HttpMethod.Get, Path);
            // What the Cookie header's grammar does not know is no cookie at all.
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains(code, new[] { "invalid_session", "invalid_api_key" });
            Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/arena")).Status);
        }
        Assert.Equal("forged", await NameAsync(cookie));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_foreign_page_neither_signs_in_nor_votes_nor_signs_out(string header, string value)
    {
        var (_, cookie, _) = await SignInAsync("key", await KeyedServer.AddAsync(server, $"page {value}", Roles.Rater));
        using var client = WithCookie(cookie!);
        foreach (var (method, path) in new[]
        {
            ("POST", Path), ("DELETE", Path), ("POST", "/v1/arena/battles"), ("POST", "/v1/arena/battles/btl_1/vote"),
            ("DELETE", "/v1/arena/me"),
        })
        {
            var (status, code, _) = await KeyedServer.SendAsync(client, new HttpMethod(method), path, "{}", (header, value));
            Assert.Equal((HttpStatusCode.Forbidden, "cross_site_request"), (status, code));
        }
        Assert.NotNull(await NameAsync(cookie!));
    }

    [Theory]
    [InlineData("{}", "invalid_value")]
    [InlineData("""{"key":"a","invitation":"b"}""", "invalid_value")]
    [InlineData("""{"key":1}""", "invalid_type")]
    [InlineData("""{"key":"a","voter":"b"}""", "unknown_parameter")]
    [InlineData("[]", "invalid_type")]
    public async Task Signing_in_with_neither_key_nor_invitation_is_told(string body, string code)
    {
        using var client = KeyedServer.Client(server);
        var (status, told, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, Path, body);
        Assert.Equal((HttpStatusCode.BadRequest, code), (status, told));
    }

    [Fact]
    public async Task Whoever_has_no_key_yet_sends_no_more_than_a_key()
    {
        using var client = KeyedServer.Client(server);
        var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, Path, $$"""{"key":"{{new string('a', 8192)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        using var form = new StringContent("key=a", System.Text.Encoding.UTF8, "text/plain");
        using var reply = await client.PostAsync(new Uri(Path, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
    }

    [Fact]
    public async Task A_voter_has_a_bounded_number_of_sessions_and_the_oldest_end()
    {
        var key = await KeyedServer.AddAsync(server, "many", Roles.Rater);
        var (_, oldest, _) = await SignInAsync("key", key);
        var (_, newest, _) = await SignInAsync("key", key);
        for (var i = 2; i <= SessionStore.Most; i++) (_, newest, _) = await SignInAsync("key", key);
        await EndedAsync(oldest!);
        Assert.Equal("many", await NameAsync(newest!));
    }

    HttpClient WithCookie(string cookie) => KeyedServer.Client(server, ("Cookie", $"majlis_session={cookie}"));

    async Task<(HttpStatusCode Status, string? Cookie, HttpResponseMessage Reply)> SignInAsync(string field, string text,
        string? cookie = null)
    {
        using var client = cookie is null ? KeyedServer.Client(server) : WithCookie(cookie);
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Post, Path, $$"""{"{{field}}":"{{text}}"}""");
        var set = reply.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null;
        return (status, set?["majlis_session=".Length..].Split(';')[0], reply);
    }

    async Task<(HttpStatusCode Status, string? Code, HttpResponseMessage Reply)> SignInRefusedAsync(string field, string text)
    {
        using var client = KeyedServer.Client(server);
        return await KeyedServer.SendAsync(client, HttpMethod.Post, Path, $$"""{"{{field}}":"{{text}}"}""");
    }

    /// <summary>The name of the session's holder; null where there is no session.</summary>
    async Task<string?> NameAsync(string cookie)
    {
        using var client = WithCookie(cookie);
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Get, Path);
        return status == HttpStatusCode.OK ? (string?)(await RunningServer.JsonAsync(reply))["name"] : null;
    }

    Task EndedAsync(string cookie) => Eventually.HoldsAsync("the session has ended", async () => await NameAsync(cookie) is null);

    static async Task<string> BattleAsync(HttpClient client)
    {
        var (status, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/arena/battles",
            """{"messages":[{"role":"user","content":"which?"}]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)JsonNode.Parse((await RunningServer.EventsAsync(reply))[0])!["id"]!;
    }

    /// <summary>To whom a vote of this client is credited.</summary>
    async Task<string> VoteAsync(HttpClient client)
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
