// `swap-memory [MODEL]`: private memory of a server process while two versions of the model are swapped thirty times under load.
// The benchmark fails if it ends above 1.15 times its value after the third swap. Linux only.
using System.Globalization;
using System.Net.Http.Json;

namespace Majlis.benchmarks;

static class SwapMemoryBenchmark
{
    const int Swaps = 30;
    const int First = 3;
    const int Clients = 4;
    const double Allowed = 1.15;

    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    /// <param name="models">One, or none for SmolLM2 from the shared folder.</param>
    public static async Task<int> RunAsync(string[] models)
    {
        var model = SwappedServer.Model(models);
        await using var server = await SwappedServer.StartAsync(model);
        var memory = await SwapAsync(server);
        var (first, last) = (memory[First - 1], memory[^1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"benchmark\": \"swap-memory\", \"model\": \"{Path.GetFileName(model)}\", \"swaps\": {Swaps}, " +
            $"\"after_{First}_mb\": {first / 1e6:0}, \"after_{Swaps}_mb\": {last / 1e6:0}, " +
            $"\"highest_mb\": {memory.Max() / 1e6:0}, \"ratio\": {(double)last / first:0.000}, \"limit\": {Allowed}}}"));
        return last <= Allowed * first ? 0 : 1;
    }

    /// <summary>Private memory after each swap, once the replaced weights are freed.</summary>
    static async Task<List<long>> SwapAsync(SwappedServer server)
    {
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(client => AskAsync(server.Http, client, over.Token)).ToArray();
        List<long> memory = [];
        for (var swap = 1; swap <= Swaps; swap++)
        {
            await server.SwapAsync(swap);
            memory.Add(await SettledAsync(server));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"swap {swap}: {memory[^1] / 1e6:0} MB"));
        }
        await over.CancelAsync();
        await Task.WhenAll(load);
        return memory;
    }

    /// <summary>The minimum over some seconds: meanwhile the replaced version's requests end and its weights are freed.</summary>
    static async Task<long> SettledAsync(SwappedServer server)
    {
        var least = long.MaxValue;
        for (var look = 0; look < 50; look++)
        {
            await Task.Delay(pause);
            least = Math.Min(least, server.PrivateBytes);
        }
        return least;
    }

    static async Task AskAsync(HttpClient http, int client, CancellationToken over)
    {
        for (var turn = 0; !over.IsCancellationRequested; turn++)
        {
            var body = new
            {
                model = "current",
                messages = new[] { new { role = "user", content = $"Tell me about the number {client * 1000 + turn}." } },
                max_tokens = 16,
            };
            using var reply = await http.PostAsJsonAsync("/v1/chat/completions", body, CancellationToken.None);
            reply.EnsureSuccessStatusCode();
        }
    }
}
