// Multipart forms as clients send files.
using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Majlis.tests.Server.Files;

static class Forms
{
    public static MultipartFormDataContent Of(string text, string name, string purpose) => new()
    {
        { new StringContent(purpose), "purpose" },
        { new StringContent(text), "file", name },
    };

    public static MultipartFormDataContent Part(string text) => new() { { new StringContent(text), "data", "upload" } };

    public static Task<HttpResponseMessage> PostAsync(RunningServer server, string path, MultipartFormDataContent form) =>
        server.Http.PostAsync(new Uri(path, UriKind.Relative), form, TestContext.Current.CancellationToken);

    /// <summary>The file object of a text that is kept.</summary>
    public static async Task<JsonObject> KeepAsync(RunningServer server, string text, string name, string purpose)
    {
        var http = await PostAsync(server, "/v1/files", Of(text, name, purpose));
        Assert.True(http.StatusCode == HttpStatusCode.OK, await http.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return await RunningServer.JsonAsync(http);
    }
}
