// Streams answers without a pause while the server changes its weights; counts dropped streams and who answered. Knows no weights.
namespace Majlis.loop;

static class SwapWatch
{
    const int AtOnce = 3;
    const int MaxTokens = 120;

    /// <summary>Streams until each of several clients has got a whole answer from <paramref name="version"/>.</summary>
    public static async Task<int> RunAsync(Uri server, string version)
    {
        using var client = new HttpClient { BaseAddress = server, Timeout = TimeSpan.FromMinutes(5) };
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (requests, dropped, mixed, old) = (0, 0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (var swapped = false; !swapped && !limit.IsCancellationRequested;)
            {
                Interlocked.Increment(ref requests);
                var answered = await StreamAsync(client);
                if (answered is null) Interlocked.Increment(ref dropped);
                else if (answered.Count > 1) Interlocked.Increment(ref mixed);
                else if (!answered.Contains(version)) Interlocked.Increment(ref old);
                swapped = answered?.Contains(version) == true;
            }
        }));
        var reached = !limit.IsCancellationRequested;
        Console.WriteLine($"requests dropped by the swap: {dropped} of {requests} ({old} answered by the old weights, {mixed} by two, "
            + $"swap {(reached ? "seen" : "not seen")})");
        return dropped == 0 && mixed == 0 && old > 0 && reached ? 0 : 1;
    }

    /// <summary>The versions named by one stream's chunks; null when the stream was dropped.</summary>
    static async Task<HashSet<string>?> StreamAsync(HttpClient client)
    {
        var versions = new HashSet<string>();
        var message = new { role = "user", content = "Tell me a story about a garden." };
        var body = new { model = "current", messages = new[] { message }, max_tokens = MaxTokens, stream = true };
        try
        {
            await foreach (var chunk in Sse.PostAsync(client, "/v1/chat/completions", body))
                versions.Add(chunk.GetProperty("model").GetString()!);
            return versions;
        }
        catch (HttpRequestException error)
        {
            Console.Error.WriteLine(error.Message);
            return null;
        }
    }
}
