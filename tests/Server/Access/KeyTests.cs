// Keys over HTTP: who may call what, how a key travels, and every key that is refused.
using System.Net;
using Majlis.Server.Access;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class KeyTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("POST", "/v1/chat/completions", "inference,admin")]
    [InlineData("GET", "/v1/models", "inference,rater,admin")]
    [InlineData("GET", "/v1/models/current", "inference,rater,admin")]
    [InlineData("POST", "/v1/arena/battles", "rater,admin")]
    [InlineData("POST", "/v1/arena/battles/btl_1/vote", "rater,admin")]
    [InlineData("GET", "/v1/arena/session", "inference,rater,admin")]
    [InlineData("DELETE", "/v1/arena/me", "rater,admin")]
    [InlineData("DELETE", "/v1/arena/voters/nobody", "admin")]
    [InlineData("GET", "/v1/catalog/versions", "admin")]
    [InlineData("POST", "/v1/catalog/rollback", "admin")]
    [InlineData("GET", "/health/live", "admin")]
    [InlineData("GET", "/metrics", "admin")]
    public async Task A_key_opens_what_its_role_may_do_and_nothing_else(string method, string path, string roles)
    {
        foreach (var role in Roles.All)
        {
            var key = await KeyedServer.AddAsync(server, $"{role} {method} {path}", role);
            using var client = KeyedServer.WithKey(server, key);
            var (status, code, reply) = await KeyedServer.SendAsync(client, new HttpMethod(method), path, method == "POST" ? "{}" : null);
            if (roles.Split(',').Contains(role)) Assert.NotEqual("insufficient_permissions", code);
            else
            {
                Assert.Equal((HttpStatusCode.Forbidden, "insufficient_permissions"), (status, code));
                var said = (string)(await RunningServer.JsonAsync(reply))["error"]!["message"]!;
                Assert.Contains(roles.Split(',')[0], said, StringComparison.Ordinal);
            }
        }
        using var nobody = KeyedServer.Client(server);
        var (refused, _, told) = await KeyedServer.SendAsync(nobody, new HttpMethod(method), path, method == "POST" ? "{}" : null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused);
        Assert.Equal("Bearer realm=\"majlis\"", told.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_key_of_two_roles_chats_and_judges_what_it_kept_and_no_more()
    {
        var key = await KeyedServer.AddAsync(server, "an app", Roles.Read(" rater,inference")!);
        using var client = KeyedServer.WithKey(server, key);
        var body = RunningServer.ChatBody(new() { ["store"] = true }).ToJsonString();
        var (_, _, chat) = await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/chat/completions", body);
        var id = (string)(await RunningServer.JsonAsync(chat))["id"]!;
        var judgement = $$"""{"completion_id":"{{id}}","rating":"bad","preferred":"Hi."}""";
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/feedback", judgement)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/v1/catalog/versions")).Status);
        Assert.Equal((Roles.Admin, null), (Roles.Read("rater,admin"), Roles.Read("rater,")));
    }

    [Fact]
    public async Task What_a_caller_keeps_in_files_and_stores_goes_with_what_is_erased_of_them()
    {
        using var client = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "erased", Roles.Read("inference,rater")!));
        using var form = Files.Forms.Of("A secret.", "a.txt", "assistants");
        var file = await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, TestContext.Current.CancellationToken);
        var id = (string)(await RunningServer.JsonAsync(file))["id"]!;
        await KeyedServer.SendAsync(client, HttpMethod.Post, "/v1/vector_stores", $$"""{"file_ids":["{{id}}"]}""");
        var (_, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Delete, "/v1/arena/me");
        Assert.Equal(2, (int)(await RunningServer.JsonAsync(reply))["erased"]!);
        foreach (var path in new[] { "/v1/files", "/v1/vector_stores" })
        {
            var (_, _, list) = await KeyedServer.SendAsync(client, HttpMethod.Get, path);
            Assert.Empty((await RunningServer.JsonAsync(list))["data"]!.AsArray());
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer {0}")]
    [InlineData("Authorization", "bearer   {0}")]
    [InlineData("x-api-key", "{0}")]
    [InlineData("X-API-Key", "{0}")]
    public async Task A_key_travels_in_either_header(string header, string value)
    {
        foreach (var key in new[] { KeyedServer.Admin, await KeyedServer.AddAsync(server, $"{header} {value}", Roles.Inference) })
        {
            using var client = KeyedServer.Client(server, (header, string.Format(null, value, key)));
            Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(client)).Status);
        }
    }

    [Theory]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic YWRtaW46YWRtaW4=")]
    [InlineData("Authorization", KeyedServer.Admin)]
    [InlineData("Authorization", "Bearer " + KeyedServer.Admin + ", Bearer " + KeyedServer.Admin)]
    [InlineData("Authorization", "Bearer " + KeyedServer.Admin + " x")]
    [InlineData("Authorization", "Bearer مفتاح")]
    [InlineData("x-api-key", "")]
    [InlineData("x-api-key", "two words")]
    public async Task A_malformed_header_is_told(string header, string value)
    {
        using var client = KeyedServer.Client(server, (header, value));
        var (status, code, reply) = await KeyedServer.ChatAsync(client);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_api_key"), (status, code));
        var error = (await RunningServer.JsonAsync(reply))["error"]!;
        Assert.DoesNotContain(KeyedServer.Admin, error.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_keys_that_differ_are_refused_and_the_same_twice_is_one()
    {
        var other = await KeyedServer.AddAsync(server, "the other", Roles.Inference);
        using var both = KeyedServer.Client(server, ("Authorization", $"Bearer {other}"), ("x-api-key", KeyedServer.Admin));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.ChatAsync(both)).Status);
        using var same = KeyedServer.Client(server, ("Authorization", $"Bearer {other}"), ("x-api-key", other));
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(same)).Status);
    }

    [Fact]
    public async Task A_revoked_and_an_expired_key_are_refused_by_name_and_a_wrong_secret_learns_none()
    {
        var revoked = await KeyedServer.AddAsync(server, "Sara", Roles.Inference);
        using var client = KeyedServer.WithKey(server, revoked);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.ChatAsync(client)).Status);
        await KeyedServer.RevokeAsync(server, "Sara");
        await Eventually.HoldsAsync("the key is refused",
            async () => (await KeyedServer.ChatAsync(client)).Code == "revoked_api_key");
        using var late = KeyedServer.WithKey(server, await KeyedServer.AddAsync(server, "late", Roles.Inference, TimeSpan.FromDays(-1)));
        Assert.Equal((HttpStatusCode.Unauthorized, "expired_api_key"), (await KeyedServer.ChatAsync(late)) is var (status, code, _)
            ? (status, code) : default);
        using var guess = KeyedServer.WithKey(server, revoked[..^1] + (revoked[^1] == 'a' ? 'b' : 'a'));
        var (_, wrong, reply) = await KeyedServer.ChatAsync(guess);
        Assert.Equal("invalid_api_key", wrong);
        Assert.DoesNotContain("Sara", (await RunningServer.JsonAsync(reply)).ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_token\"", reply.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_paths_and_methods_are_told_to_callers_with_a_key_only()
    {
        using var nobody = KeyedServer.Client(server);
        using var admin = KeyedServer.WithKey(server, KeyedServer.Admin);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyedServer.SendAsync(nobody, HttpMethod.Get, "/v1/nowhere")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyedServer.SendAsync(admin, HttpMethod.Get, "/v1/nowhere")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await KeyedServer.SendAsync(admin, HttpMethod.Put, "/v1/models")).Status);
        Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(nobody, HttpMethod.Get, "/arena")).Status);
    }

    [Theory]
    [InlineData("//metrics")]
    [InlineData("/METRICS")]
    [InlineData("/metrics/")]
    [InlineData("/%6Detrics")]
    [InlineData("/arena/../metrics")]
    [InlineData("/arena/..%2Fmetrics")]
    [InlineData("/arena%2F..%2Fmetrics")]
    [InlineData("/arena;/metrics")]
    [InlineData("/pages/../metrics")]
    [InlineData("/pages/shared/x/..%2F..%2Fmetrics")]
    [InlineData("/pages/shared/wire.js/../../../metrics")]
    [InlineData("/arena?/metrics=1&open=1", HttpStatusCode.OK)]
    [InlineData("/v1//models")]
    [InlineData("/V1/Models")]
    [InlineData("/v1/models/..%2F..%2Farena")]
    public async Task No_spelling_of_a_path_gets_past_the_guard(string path, HttpStatusCode expected = HttpStatusCode.Unauthorized)
    {
        using var nobody = KeyedServer.Client(server);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Options, new HttpMethod("get"), new("PROPFIND") })
        {
            var (status, _, _) = await KeyedServer.SendAsync(nobody, method, path);
            if (expected == HttpStatusCode.OK && method != HttpMethod.Get) continue;
            Assert.Equal(expected, status);
        }
    }

    [Fact]
    public async Task Whoever_has_a_key_is_called_by_its_name()
    {
        var key = await KeyedServer.AddAsync(server, "سارة", Roles.Rater);
        using var client = KeyedServer.WithKey(server, key);
        var (_, _, reply) = await KeyedServer.SendAsync(client, HttpMethod.Get, "/v1/arena/session");
        Assert.Equal("سارة", (string)(await RunningServer.JsonAsync(reply))["name"]!);
    }
}
