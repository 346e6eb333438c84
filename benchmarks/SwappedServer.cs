// A server process of its own whose catalogue holds three versions of one model, and its load's way to it. Knows no measure.
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Model.Weights;

namespace Majlis.benchmarks;

sealed class SwappedServer : IAsyncDisposable
{
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    // Three: the version before the current one may still be in memory, and would return without being loaded.
    static readonly string[] versions = ["one", "two", "three"];

    readonly string scratch;
    readonly ModelCatalog catalog;
    readonly Process process;

    SwappedServer(string scratch, ModelCatalog catalog, Process process, Uri address)
    {
        (this.scratch, this.catalog, this.process) = (scratch, catalog, process);
        Http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Http { get; }

    /// <summary>The process's private memory now, in bytes. Linux only.</summary>
    public long PrivateBytes => PeakMemory.Read(process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>SmolLM2 from the shared folder where no model is named.</summary>
    public static string Model(string[] models) => models is [var named] ? named
        : Path.Combine(Environment.GetEnvironmentVariable("MAJLIS_SHARED") ?? Path.Combine("..", "shared"), "models",
            "SmolLM2-135M-Instruct.Q4_1.gguf");

    /// <summary>Serves the model as the first of its versions.</summary>
    public static async Task<SwappedServer> StartAsync(string model)
    {
        var scratch = Directory.CreateTempSubdirectory("majlis-swaps-").FullName;
        var catalog = new ModelCatalog(Path.Combine(scratch, "catalog"), TimeProvider.System);
        foreach (var version in versions) Publish(catalog, version, model);
        Promote(catalog, versions[0]);
        var process = Start(scratch);
        return new SwappedServer(scratch, catalog, process, new Uri(await AddressAsync(process)));
    }

    /// <summary>Swap number <paramref name="swap"/> from 1, to the version that is not served; returns when the server says so.</summary>
    public async Task SwapAsync(int swap)
    {
        var version = versions[swap % versions.Length];
        Promote(catalog, version);
        while (await ServedAsync() != version) await Task.Delay(pause);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(scratch, recursive: true);
    }

    async Task<string?> ServedAsync()
    {
        using var reply = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("model").GetString();
    }

    static Process Start(string scratch) => Process.Start(new ProcessStartInfo("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), "--catalog", Path.Combine(scratch, "catalog"),
        "--data", Path.Combine(scratch, "data"), "--urls", "http://127.0.0.1:0",
    ])
    {
        RedirectStandardOutput = true,
    })!;

    /// <summary>Waits for the line that names the served model, and reads on so that the pipe never fills.</summary>
    public static async Task<string> AddressAsync(Process server)
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
