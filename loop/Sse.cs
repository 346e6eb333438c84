// Server-sent events as JSON, up to [DONE]. A stream that ends without it counts as dropped.
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Majlis.loop;

static class Sse
{
    /// <exception cref="HttpRequestException">A refusal (with its status), an error item, or an end without [DONE].</exception>
    public static async IAsyncEnumerable<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        using var reply = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (!reply.IsSuccessStatusCode)
            throw new HttpRequestException(
                $"{path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync()}", null, reply.StatusCode);
        using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            if (line == "data: [DONE]") yield break;
            using var item = JsonDocument.Parse(line["data: ".Length..]);
            if (item.RootElement.TryGetProperty("error", out var error))
                throw new HttpRequestException($"{path}: {error}", null, IsPassing(error) ? HttpStatusCode.ServiceUnavailable : null);
            yield return item.RootElement.Clone();
        }
        throw new HttpRequestException($"{path}: the stream ended without [DONE]");
    }

    // The status that the store's absence has where nothing was sent yet.
    static bool IsPassing(JsonElement error) =>
        error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String && code.ValueEquals("feedback_unavailable");
}
