// A server process of its own with an embedding model, and the time that its vectors take. Knows no peer.
using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Majlis.benchmarks;

sealed class EmbeddingServer : IAsyncDisposable
{
    readonly Process process;
    readonly HttpClient http;
    readonly string model;

    EmbeddingServer(Process process, Uri address, string model) =>
        (this.process, http, this.model) = (process, new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan }, model);

    public static async Task<EmbeddingServer> StartAsync(string scratch, string model)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Majlis.Server.dll"), "--model", Path.GetFullPath("models/starter"),
            "--embedding-model", model, "--catalog", Path.Combine(scratch, "catalog"), "--data", Path.Combine(scratch, "data"),
            "--urls", "http://127.0.0.1:0",
        ])
        {
            RedirectStandardOutput = true,
        })!;
        return new(process, new Uri(await SwappedServer.AddressAsync(process)), Path.GetFileName(model));
    }

    /// <summary>All in one request, as OpenAI's clients send them: base64.</summary>
    public async Task<(float[][] Vectors, double Seconds)> VectorsAsync(string[] texts)
    {
        var start = Stopwatch.GetTimestamp();
        using var reply = await http.PostAsJsonAsync("/v1/embeddings", new { model, input = texts, encoding_format = "base64" });
        var body = await reply.Content.ReadFromJsonAsync<JsonElement>();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!reply.IsSuccessStatusCode) throw new InvalidOperationException(body.GetRawText());
        var tokens = body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        Console.Error.WriteLine($"{tokens} tokens in {seconds:0.00} s");
        return ([.. body.GetProperty("data").EnumerateArray().Select(item => Floats(item.GetProperty("embedding").GetBytesFromBase64()))],
            seconds);
    }

    static float[] Floats(byte[] bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
