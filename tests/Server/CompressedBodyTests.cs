// Bodies with a Content-Encoding: read where the server knows it, within the same limit, and else refused by name.
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Majlis.Server.Wire;
using Xunit;

namespace Majlis.tests.Server;

public sealed class CompressedBodyTests(ChatServer shared) : IClassFixture<ChatServer>
{
    readonly RunningServer server = shared.Running;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_compressed_body_is_read(string coding)
    {
        var reply = await SendAsync(coding, Packed(coding, RunningServer.ChatBody().ToJsonString()));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(ChatServer.Text, (string)(await RunningServer.JsonAsync(reply))["choices"]![0]!["message"]!["content"]!);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public async Task An_unknown_coding_is_refused_by_name(string coding)
    {
        var error = await RefusedAsync(coding, Encoding.UTF8.GetBytes(RunningServer.ChatBody().ToJsonString()),
            HttpStatusCode.UnsupportedMediaType, "unsupported_content_encoding");
        Assert.Contains(coding.Split(',')[0], error, StringComparison.Ordinal);
        Assert.Contains("gzip", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_body_is_limited_as_it_comes_out(string coding)
    {
        var bomb = Packed(coding, RunningServer.ChatBody().ToJsonString()[..^1] + new string(' ', (int)RequestBody.Limit) + "}");
        Assert.InRange(bomb.Length, 1, RequestBody.Limit / 100);
        Assert.Contains($"{RequestBody.Limit}",
            await RefusedAsync(coding, bomb, HttpStatusCode.RequestEntityTooLarge, "request_too_large"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_is_not_what_it_says_is_refused(string coding) => await RefusedAsync(coding,
        Encoding.UTF8.GetBytes(RunningServer.ChatBody().ToJsonString()), HttpStatusCode.BadRequest, "invalid_content_encoding");

    [Theory]
    [InlineData("gzip", "/v1/preferences", "application/x-ndjson", 400, "invalid_content_encoding")]
    [InlineData("br", "/v1/preferences", "application/x-ndjson", 400, "invalid_content_encoding")]
    [InlineData("zstd", "/v1/preferences", "application/x-ndjson", 415, "unsupported_content_encoding")]
    [InlineData("gzip", "/v1/files", "multipart/form-data; boundary=a", 400, "invalid_form")]
    [InlineData("br", "/v1/files", "multipart/form-data; boundary=a", 400, "invalid_form")]
    [InlineData("zstd", "/v1/files", "multipart/form-data; boundary=a", 415, "unsupported_content_encoding")]
    public async Task Bodies_of_other_forms_are_refused_alike(string coding, string path, string type, int status, string code)
    {
        var reply = await SendAsync(coding, Encoding.UTF8.GetBytes("{\"id\":\"none\",\"prompt\":[],\"answers\":[]}"), path, type);
        Assert.Equal((status, code), ((int)reply.StatusCode, (string?)(await RunningServer.ErrorAsync(reply))["code"]));
    }

    async Task<string> RefusedAsync(string coding, byte[] body, HttpStatusCode status, string code)
    {
        var reply = await SendAsync(coding, body);
        var error = (await RunningServer.JsonAsync(reply))["error"]!.AsObject();
        Assert.Equal((status, code), (reply.StatusCode, (string?)error["code"]));
        return (string)error["message"]!;
    }

    Task<HttpResponseMessage> SendAsync(string coding, byte[] body, string path = "/v1/chat/completions", string type = "application/json")
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        foreach (var one in coding.Split(", ")) content.Headers.ContentEncoding.Add(one);
        return server.Http.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }

    static byte[] Packed(string coding, string text)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(new MemoryStream()),
        })
            packing.Write(Encoding.UTF8.GetBytes(text));
        return coding == "identity" ? Encoding.UTF8.GetBytes(text) : packed.ToArray();
    }
}
