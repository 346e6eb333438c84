// `clients MODEL`: one, four and sixteen clients that ask at the same time, on the server's default backend: how long each waits for its
// first token and between two tokens, and tokens a second. Where MAJLIS_PEER_CLIENTS names a command that takes MODEL THREADS PROMPT
// GENERATE CLIENTS and ends its output with a JSON line of the same names, both take turns.
using System.Diagnostics;
using System.Globalization;
using Majlis.Inference;

namespace Majlis.benchmarks;

static class ClientsBenchmark
{
    const int Prompt = 128;
    const int Generate = 128;
    const int Rounds = 5;

    static readonly string[] names = ["first_p50_ms", "first_max_ms", "between_p50_ms", "between_p99_ms", "tokens_s"];

    public static async Task<int> RunAsync(string model)
    {
        await using var load = new AnswerLoad(model, new EngineOptions());
        await TimesAsync(load, 16); // warms up
        foreach (var clients in new[] { 1, 4, 16 })
        {
            List<double[]> ours = [], peer = [];
            for (var round = 0; round < Rounds; round++)
            {
                ours.Add(await TimesAsync(load, clients));
                if (Peer(model, clients) is { } one) peer.Add(one);
            }
            Console.WriteLine($"{{\"benchmark\": \"clients\", \"model\": \"{Path.GetFileName(model)}\", \"clients\": {clients}, " +
                $"\"ours\": {Median(ours)}, \"peer\": {(peer.Count == 0 ? "null" : Median(peer))}}}");
        }
        return 0;
    }

    /// <summary>The numbers of <see cref="names"/>: tokens a second are those of all answers from the question to the last.</summary>
    static async Task<double[]> TimesAsync(AnswerLoad load, int clients)
    {
        var start = Stopwatch.GetTimestamp();
        var answers = await load.TimesAsync(Enumerable.Range(0, clients).Select(client => new GenerationRequest(
            [.. Enumerable.Range(0, Prompt).Select(i => 100 + (client * 31 + i * 7919) % 4000)],
            SamplingOptions.Greedy with { IgnoreEos = true }, Generate)));
        var first = answers.Select(times => Milliseconds(start, times[0])).Order().ToList();
        var between = answers.SelectMany(times => times.Zip(times.Skip(1), Milliseconds)).Order().ToList();
        return [At(first, 0.5), first[^1], At(between, 0.5), At(between, 0.99),
            1000.0 * clients * Generate / Milliseconds(start, answers.Max(times => times[^1]))];
    }

    static double[]? Peer(string model, int clients)
    {
        if (Environment.GetEnvironmentVariable("MAJLIS_PEER_CLIENTS") is not { Length: > 0 } command) return null;
        return DecodeBenchmark.Ask(command, model, Prompt, Generate, clients) is { } line
            ? Array.ConvertAll(names, name => line.GetProperty(name).GetDouble()) : null;
    }

    static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    static string Median(List<double[]> rounds) => $"{{{string.Join(", ", names.Select((name, i) => string.Create(
        CultureInfo.InvariantCulture, $"\"{name}\": {rounds.Select(round => round[i]).Order().ElementAt(rounds.Count / 2):0.0}")))}}}";
}
