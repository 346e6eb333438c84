// Every cookie that is no session, every page that may not ask for one, and every body that signs nobody in.
using System.Net;
using Majlis.Feedback.Store.Access;
using Majlis.Server.Access;
using Xunit;

namespace Majlis.tests.Server.Access;

public sealed class RefusedSessionTests(KeyedServer shared) : IClassFixture<KeyedServer>
{
    readonly RunningServer server = shared.Running;
    readonly Visitors visitors = new(shared.Running);

    [Fact]
    public async Task A_forged_an_altered_and_a_foreign_cookie_are_refused_without_a_look_into_the_store()
    {
        var (_, cookie, _) = await visitors.SignInAsync("key", await KeyedServer.AddAsync(server, "forged", Roles.Rater));
        var (id, signature) = (cookie!.Split('.')[0], cookie.Split('.')[1]);
        var foreign = new AccessSecret(new byte[AccessSecret.Bytes]).Hash("session", id);
        string[] forgeries =
        [
            "", ".", id, $"{id}.", $".{signature}", $"{id}.{signature[..^1]}", $"{id}x.{signature}", $"{id}.{foreign}",
            $"{id}.{signature}.x", $"{id}.{signature.ToUpperInvariant()}", new('a', 4096), "%00.%00", "مفتاح.سرّ",
        ];
        foreach (var forged in forgeries)
        {
            using var client = visitors.WithCookie(forged);
            var (status, code, _) = await KeyedServer.SendAsync(client, HttpMethod.Get, Visitors.Path);
            // What the Cookie header's grammar does not know is no cookie at all.
            Assert.Equal(HttpStatusCode.Unauthorized, status);
            Assert.Contains(code, new[] { "invalid_session", "invalid_api_key" });
            Assert.Equal(HttpStatusCode.OK, (await KeyedServer.SendAsync(client, HttpMethod.Get, "/arena")).Status);
        }
        Assert.Equal("forged", await visitors.NameAsync(cookie));
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task A_foreign_page_neither_signs_in_nor_votes_nor_signs_out(string header, string value)
    {
        var (_, cookie, _) = await visitors.SignInAsync("key", await KeyedServer.AddAsync(server, $"page {value}", Roles.Rater));
        using var client = visitors.WithCookie(cookie!);
        foreach (var (method, path) in new[]
        {
            ("POST", Visitors.Path), ("DELETE", Visitors.Path), ("POST", "/v1/arena/battles"), ("POST", "/v1/arena/battles/btl_1/vote"),
            ("DELETE", "/v1/arena/me"),
        })
        {
            var (status, code, _) = await KeyedServer.SendAsync(client, new HttpMethod(method), path, "{}", (header, value));
            Assert.Equal((HttpStatusCode.Forbidden, "cross_site_request"), (status, code));
        }
        Assert.NotNull(await visitors.NameAsync(cookie!));
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
        var (status, told, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, Visitors.Path, body);
        Assert.Equal((HttpStatusCode.BadRequest, code), (status, told));
    }

    [Fact]
    public async Task Whoever_has_no_key_yet_sends_no_more_than_a_key()
    {
        using var client = KeyedServer.Client(server);
        var (status, _, _) = await KeyedServer.SendAsync(client, HttpMethod.Post, Visitors.Path,
            $$"""{"key":"{{new string('a', 8192)}}"}""");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        using var form = new StringContent("key=a", System.Text.Encoding.UTF8, "text/plain");
        using var reply = await client.PostAsync(new Uri(Visitors.Path, UriKind.Relative), form, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.StatusCode);
    }
}
