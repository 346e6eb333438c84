// Bodies that are refused before any field is read: no JSON, no Unicode, no object, another media type, too large.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Majlis.tests.Server;

public sealed class RefusedBodyTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("{\"model\": \"current\",\n \"messages\": [}", "line 2, byte")]
    [InlineData("", "")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\"}", "model")]
    public async Task Broken_JSON_is_told_where_it_breaks(string body, string where)
    {
        var http = await server.PostAsync("/v1/chat/completions", body);
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_json"), (http.StatusCode, (string?)error["code"]));
        Assert.Contains(where, (string)error["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/arena/battles")]
    [InlineData("/v1/arena/battles/btl_any/vote")]
    public async Task Text_that_is_no_Unicode_is_no_JSON(string path)
    {
        foreach (var (body, where) in new (byte[], string)[]
        {
            ([.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xFF, .. "\"}]}"u8], "messages[0].content"),
            ([.. """{"chat_template_kwargs":{"x":"\ud800"}}"""u8], "chat_template_kwargs.x"),
            ([.. """{"comment":{"\ud800":1}}"""u8], "name"),
            ([.. "{\"comment\":{\""u8, 0xFF, .. "\":1}}"u8], "name"),
        })
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var http = await server.Http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
            var error = await RunningServer.ErrorAsync(http);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_json"), (http.StatusCode, (string?)error["code"]));
            Assert.Contains(where, (string)error["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_body_that_is_no_object_is_refused()
    {
        var http = await server.PostAsync("/v1/chat/completions", "[]");
        var error = await RunningServer.ErrorAsync(http);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_type"), (http.StatusCode, (string?)error["code"]));
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        using var content = new StringContent("<x/>", Encoding.UTF8, new MediaTypeHeaderValue("application/xml"));
        var http = await server.Http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content,
            TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_media_type"),
            (http.StatusCode, (string?)(await RunningServer.ErrorAsync(http))["code"]));
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("{\"model\":\"" + new string('x', 17 << 20) + "\"}", Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true;
        using var handler = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        using var patient = new HttpClient(handler) { BaseAddress = server.Address };
        var http = await patient.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request_too_large"),
            (http.StatusCode, (string?)(await RunningServer.ErrorAsync(http))["code"]));
    }
}
