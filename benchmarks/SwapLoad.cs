// Clients that stream answers without a pause, and how long each waited between two tokens of an answer. Knows no swap.
using System.Diagnostics;
using System.Net.Http.Json;

namespace Majlis.benchmarks;

/// <param name="http">To the server.</param>
sealed class SwapLoad(HttpClient http)
{
    const int Tokens = 120;
    const string Model = "\"model\":\"", SomeTokens = "\"token_ids\":[";

    readonly Lock gate = new();
    readonly List<double> gaps = [];

    /// <summary>Streams refused, broken off or ended without [DONE].</summary>
    public int Errors { get; private set; }

    /// <summary>Streams whose pieces named more than one version.</summary>
    public int Mixed { get; private set; }

    public int Streams { get; private set; }

    /// <summary>Takes the gaps measured since the last call: milliseconds between two tokens of one answer, smallest first.</summary>
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
        var body = new { model = "current", messages, max_tokens = Tokens, stream = true, return_token_ids = true };
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
                var (now, version) = (Stopwatch.GetTimestamp(), Version(line));
                if (version is null) return false; // an error item
                versions.Add(version);
                // A piece comes for every token, also for those that the text does not show.
                if (!line.Contains(SomeTokens, StringComparison.Ordinal)) continue;
                if (last != 0) lock (gate) gaps.Add(Stopwatch.GetElapsedTime(last, now).TotalMilliseconds);
                last = now;
            }
            return false;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return false;
        }
    }

    // Read as text: parsing thousands of pieces a second would take the server's processor time.
    static string? Version(string line)
    {
        var start = line.IndexOf(Model, StringComparison.Ordinal) + Model.Length;
        return start < Model.Length ? null : line[start..line.IndexOf('"', start)];
    }
}
