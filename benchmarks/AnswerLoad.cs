// A real model behind an engine, on the server's default backend, and how fast it writes answers. Knows no HTTP.
using System.Diagnostics;
using System.Globalization;
using Majlis.Inference;
using Majlis.Model;

namespace Majlis.benchmarks;

sealed class AnswerLoad : IAsyncDisposable
{
    const int Context = 2048;

    readonly Checkpoint checkpoint;
    readonly LiveModel live = new();
    readonly Engine engine;
    int requests;

    public AnswerLoad(string path, EngineOptions options)
    {
        checkpoint = Checkpoint.Open(path);
        Model = new(ServedNetwork.Of(checkpoint), Math.Min(Context, checkpoint.Blueprint.MaxPositions), options)
        {
            Version = Path.GetFileName(path),
            WeightsHash = "none",
            Tokenizer = checkpoint.Tokenizer!,
            ChatTemplate = checkpoint.ChatTemplate,
            Defaults = checkpoint.Generation,
        };
        live.Swap(Model);
        engine = new(live, options, TimeProvider.System);
    }

    public LoadedModel Model { get; }

    /// <summary>Tokens of all answers over the time from the first of any to the last of all. No prompt is found in the cache.</summary>
    public async Task<double> TokensPerSecondAsync(IEnumerable<GenerationRequest> all)
    {
        var answers = await TimesAsync(all);
        var span = Stopwatch.GetElapsedTime(answers.Min(times => times[0]), answers.Max(times => times[^1]));
        return answers.Sum(times => times.Count - 1) / span.TotalSeconds;
    }

    /// <summary>When each token of each answer came, all asked for at once. No prompt is found in the cache.</summary>
    public async Task<List<long>[]> TimesAsync(IEnumerable<GenerationRequest> all)
    {
        using var lease = live.Lease()!;
        return await Task.WhenAll(all.ToList().ConvertAll(request => AnswerAsync(lease, request with
        {
            CacheSalt = (++requests).ToString(CultureInfo.InvariantCulture),
        })));
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        live.Dispose();
        checkpoint.Dispose();
    }

    async Task<List<long>> AnswerAsync(ModelLease lease, GenerationRequest request)
    {
        List<long> times = [];
        await foreach (var piece in engine.GenerateAsync(lease, request))
            times.AddRange(Enumerable.Repeat(Stopwatch.GetTimestamp(), piece.Tokens.Length));
        return times;
    }

    /// <summary>One line: ours beside a peer's median.</summary>
    public static void Write(string name, List<double> ours, List<double> peer)
    {
        var (mine, other) = (Median(ours), Median(peer));
        var numbers = string.Create(CultureInfo.InvariantCulture,
            $"\"ours\": {mine:0.0}, \"peer\": {other:0.0}, \"ratio\": {mine / other:0.000}");
        Console.WriteLine($"{{\"name\": \"{name}\", {numbers}, \"unit\": \"tokens/s\"}}");
    }

    static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);
}
