// Clients that stream answers without a pause, and how long each waited between two pieces of an answer. Knows no swap.
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Majlis.benchmarks;

/// <param name="http">To the server.</param>
sealed class SwapLoad(HttpClient http)
{
    const int Tokens = 120;

    readonly Lock gate = new();
    readonly List<double> gaps = [];

    /// <summary>Streams refused, broken off or ended without [DONE].</summary>
    public int Errors { get; private set; }

    /// <summary>Streams whose pieces named more than one version.</summary>
    public int Mixed { get; private set; }

    public int Streams { get; private set; }

    /// <summary>Takes the gaps measured since the last call: milliseconds between two pieces of one answer, smallest first.</summary>
    public double[] TakeGaps()
    {
        lock (gate)
        {
            double[] taken = [.. gaps.Order()];
            gaps.Clear();
            return taken;
        }
    }

    public async Task RunAsync(int client, CancellationToken over)
    {
        for (var turn = 0; !over.IsCancellationRequested; turn++)
        {
            HashSet<string> versions = [];
            var isWhole = await IsWholeAsync($"Tell me about the number {client * 1000 + turn}.", versions);
            lock (gate)
            {
                Streams++;
                if (!isWhole) Errors++;
                if (versions.Count > 1) Mixed++;
            }
        }
    }

    async Task<bool> IsWholeAsync(string question, HashSet<string> versions)
    {
        var messages = new[] { new { role = "user", content = question } };
        var body = new { model = "current", messages, max_tokens = Tokens, stream = true };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
            using var reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (!reply.IsSuccessStatusCode) return false;
            using var lines = new StreamReader(await reply.Content.ReadAsStreamAsync());
            var last = 0L;
            while (await lines.ReadLineAsync() is { } line)
            {
                if (line == "data: [DONE]") return true;
                if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
                var now = Stopwatch.GetTimestamp();
                if (last != 0) lock (gate) gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
                last = now;
                using var piece = JsonDocument.Parse(line["data: ".Length..]);
                if (!piece.RootElement.TryGetProperty("model", out var model)) return false; // an error item
                versions.Add(model.GetString()!);
            }
            return false;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return false;
        }
    }
}
