// Sends damaged requests to a server and judges the replies: no failure of the server's own, no wait without an end, and every refusal in
// the shape of the API that was called. Knows no endpoint.
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.fuzz.Requests;

/// <param name="Request">Method, path and body as they were sent.</param>
/// <param name="What">What is wrong with the reply.</param>
sealed record RequestFinding(string Request, string What);

/// <param name="http">Its timeout is the longest wait that is no hang.</param>
/// <param name="seeds">Valid requests.</param>
sealed class RequestFuzz(HttpClient http, IReadOnlyList<RequestSeed> seeds)
{
    static readonly string[] queries =
        ["limit=0", "limit=2", "limit=x", "after=none", "order=asc", "order=up", "metadata[a]=b", "purpose=batch", "%00=%ff", "format=trl"];

    readonly IReadOnlyList<RequestSeed> withBody = [.. seeds.Where(seed => seed.Body is not null)];

    /// <summary>Sends so many requests, several at a time, and gives what was found.</summary>
    public async Task<(Dictionary<int, int> Statuses, List<RequestFinding> Findings)> RunAsync(int count, int seed, CancellationToken stop)
    {
        var (statuses, findings) = (new Dictionary<int, int>(), new List<RequestFinding>());
        await Parallel.ForEachAsync(Enumerable.Range(0, count), stop, async (number, cancelled) =>
        {
            // Each has a generator of its own, so that any of them can be sent again alone.
            var random = new Random(unchecked(seed * 1_000_003 + number));
            var some = random.Next(4) == 0 ? seeds : withBody;
            var (status, finding) = await SendAsync(some[random.Next(some.Count)], random, cancelled);
            lock (statuses)
            {
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
                if (finding is not null) findings.Add(finding);
            }
        });
        return (statuses, findings);
    }

    async Task<(int Status, RequestFinding? Finding)> SendAsync(RequestSeed seed, Random random, CancellationToken stop)
    {
        var mutator = new JsonMutator(random);
        var path = string.Join('/', seed.Path.Split('/').Select(part => !part.StartsWith('{') ? part
            : seed.Id is { } made && random.Next(4) > 0 ? made
            : Uri.EscapeDataString(mutator.Text(seed.Id ?? "id-0")) is { Length: > 0 } id ? id : "-"));
        if (random.Next(seed.Method == "GET" ? 2 : 20) == 0) path += "?" + queries[random.Next(queries.Length)];
        var body = seed.Body is null ? null : mutator.Mutate(seed.Body);
        var sent = $"{seed.Method} {path}\n{(body is null ? "" : Encoding.UTF8.GetString(body))}";
        using var message = new HttpRequestMessage(new HttpMethod(seed.Method), new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : seed.IsForm ? Form(body, random) : Json(body, random),
        };
        try
        {
            using var reply = await http.SendAsync(message, stop);
            var said = await reply.Content.ReadAsStringAsync(stop);
            return ((int)reply.StatusCode, Wrong(reply, seed.Path, said) is { } what
                ? new(sent, $"{(int)reply.StatusCode} {what}: {said[..Math.Min(said.Length, 600)]}") : null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (0, new(sent, $"no reply within {http.Timeout.TotalSeconds} s"));
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return (0, new(sent, $"the connection broke: {broken.Message}"));
        }
    }

    /// <summary>What is wrong with a reply; null where nothing is.</summary>
    static string? Wrong(HttpResponseMessage reply, string path, string said)
    {
        if (reply.StatusCode >= HttpStatusCode.InternalServerError || said.Contains("\"internal_error\"", StringComparison.Ordinal))
            return "is a failure of the server's own";
        if ((int)reply.StatusCode < 400) return null;
        try
        {
            return JsonNode.Parse(said) is JsonObject error && IsOf(path, error) ? null : "is not the error of its API";
        }
        catch (JsonException)
        {
            return "is no JSON";
        }
    }

    static bool IsOf(string path, JsonObject error)
    {
        if (path.StartsWith("/v2/", StringComparison.Ordinal)) return error["message"] is JsonValue && !error.ContainsKey("error");
        if (error["error"] is not JsonObject inner || inner["message"] is not JsonValue || inner["type"] is not JsonValue) return false;
        return path.StartsWith("/v1/messages", StringComparison.Ordinal) ? (string?)error["type"] == "error"
            : inner.ContainsKey("param") && inner.ContainsKey("code");
    }

    static ByteArrayContent Json(byte[] body, Random random)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = random.Next(50) == 0 ? new("text/plain") : new MediaTypeHeaderValue("application/json");
        if (random.Next(100) == 0) content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    static MultipartFormDataContent Form(byte[] file, Random random)
    {
        string[] purposes = ["batch", "fine-tune", "assistants", "", "all"];
        var form = new MultipartFormDataContent();
        if (random.Next(8) > 0) form.Add(new StringContent(purposes[random.Next(purposes.Length)]), "purpose");
        if (random.Next(8) == 0) form.Add(new StringContent("3600"), "expires_after[seconds]");
        if (random.Next(8) > 0) form.Add(new ByteArrayContent(file), random.Next(2) == 0 ? "file" : "data", "a.jsonl");
        return form;
    }
}
