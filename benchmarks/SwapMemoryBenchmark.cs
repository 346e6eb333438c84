// `swap-memory [MODEL]`: private memory of a server process while two versions of the model are swapped thirty times under load.
// The benchmark fails if it ends above 1.15 times its value after the third swap. Linux only.
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Weights;

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
        var shared = Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine("..", "shared");
        var model = models is [var named] ? named : Path.Combine(shared, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");
        var scratch = Directory.CreateTempSubdirectory("majlis-swaps-").FullName;
        try
        {
            var catalog = new ModelCatalog(Path.Combine(scratch, "catalog"), TimeProvider.System);
            foreach (var version in new[] { "one", "two" }) Publish(catalog, version, model);
            Promote(catalog, "one");
            using var server = Start(scratch);
            try
            {
                var memory = await SwapAsync(server, catalog);
                var (first, last) = (memory[First - 1], memory[^1]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{{\"benchmark\": \"swap-memory\", \"model\": \"{Path.GetFileName(model)}\", \"swaps\": {Swaps}, " +
                    $"\"after_{First}_mb\": {first / 1e6:0}, \"after_{Swaps}_mb\": {last / 1e6:0}, " +
                    $"\"highest_mb\": {memory.Max() / 1e6:0}, \"ratio\": {(double)last / first:0.000}, \"limit\": {Allowed}}}"));
                return last <= Allowed * first ? 0 : 1;
            }
            finally
            {
                server.Kill();
                await server.WaitForExitAsync();
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    /// <summary>Private memory after each swap, once the replaced weights are freed.</summary>
    static async Task<List<long>> SwapAsync(Process server, ModelCatalog catalog)
    {
        using var http = new HttpClient { BaseAddress = new Uri(await AddressAsync(server)) };
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, Clients).Select(client => AskAsync(http, client, over.Token)).ToArray();
        List<long> memory = [];
        for (var swap = 1; swap <= Swaps; swap++)
        {
            var version = swap % 2 == 0 ? "one" : "two";
            Promote(catalog, version);
            while (!await ServesAsync(http, version)) await Task.Delay(pause);
            memory.Add(await SettledAsync(server.Id));
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"swap {swap}: {memory[^1] / 1e6:0} MB"));
        }
        await over.CancelAsync();
        await Task.WhenAll(load);
        return memory;
    }

    /// <summary>The minimum over some seconds: meanwhile the replaced version's requests end and its weights are freed.</summary>
    static async Task<long> SettledAsync(int process)
    {
        var least = long.MaxValue;
        for (var look = 0; look < 50; look++)
        {
            await Task.Delay(pause);
            least = Math.Min(least, PeakMemory.Read(process.ToString(CultureInfo.InvariantCulture)));
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

    static async Task<bool> ServesAsync(HttpClient http, string version)
    {
        using var reply = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model").GetString() == version;
    }

    static Process Start(string scratch)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), "--catalog", Path.Combine(scratch, "catalog"),
            "--data", Path.Combine(scratch, "data"), "--urls", "http://127.0.0.1:0",
        ])
        {
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Waits for the line that names the served model, and reads on so that the pipe never fills.</summary>
    static async Task<string> AddressAsync(Process server)
    {
        while (await server.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("Serving", StringComparison.Ordinal)) continue;
            _ = server.StandardOutput.ReadToEndAsync();
            return line[line.IndexOf("http", StringComparison.Ordinal)..].TrimEnd('.', ' ');
        }
        throw new InvalidOperationException($"The server ended with {server.ExitCode} before it served.");
    }

    static void Publish(ModelCatalog catalog, string version, string model)
    {
        using var checkpoint = Checkpoint.Open(model);
        var draft = catalog.Begin(version);
        CheckpointFiles.WriteConfigAndTokenizer(checkpoint, draft.ServeFolder);
        var tensors = checkpoint.Weights.Tensors.Values.Select(tensor => tensor with { Type = TensorType.BF16 });
        SafetensorsWriter.WriteFolder(draft.ServeFolder, tensors, (tensor, output) =>
        {
            var numbers = new float[tensor.Elements];
            checkpoint.Weights.Read(tensor.Name, 0, numbers);
            output.Write(numbers);
        });
        draft.Commit(new Manifest { Id = version });
    }

    static void Promote(ModelCatalog catalog, string version)
    {
        var state = catalog.State();
        if (!catalog.TrySwap(state, state.Promote(version), new("the benchmark", MoveNote.Promote)))
            throw new InvalidOperationException("Somebody else moved the pointer.");
    }
}
