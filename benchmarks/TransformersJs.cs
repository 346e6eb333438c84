// npm's transformers.js over the same model, in a process of its own: peers/hf-embeddings.mjs. Absent where nobody installed it.
using System.Diagnostics;
using System.Text.Json;

namespace Majlis.benchmarks;

sealed class TransformersJs : IDisposable
{
    readonly Process node;

    TransformersJs(Process node) => this.node = node;

    /// <summary>Null where its packages are absent.</summary>
    public static TransformersJs? Start(string model)
    {
        var peers = Path.Combine("benchmarks", "peers");
        if (!Directory.Exists(Path.Combine(peers, "node_modules", "@huggingface", "transformers"))) return null;
        return new(Process.Start(new ProcessStartInfo("node", [Path.Combine(peers, "hf-embeddings.mjs"), model])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    public async Task<(float[][] Vectors, double Seconds)> VectorsAsync(string[] texts)
    {
        await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(texts));
        using var reply = JsonDocument.Parse(await node.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("transformers.js ended before it answered."));
        return (reply.RootElement.GetProperty("vectors").Deserialize<float[][]>()!, reply.RootElement.GetProperty("seconds").GetDouble());
    }

    public void Dispose()
    {
        node.Kill();
        node.Dispose();
    }
}
