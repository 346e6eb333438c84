// A server of a tiny llama with random weights, which makes vectors of its own states.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Model;
using Majlis.tests.Torch;
using Majlis.Torch;

namespace Majlis.tests.Server.Embeddings;

static class ServedModel
{
    public static Blueprint Blueprint { get; } =
        Torch.TinyModel.Blueprint("llama", ("vocab_size", 258), ("max_position_embeddings", 2048));

    public static MemoryWeights Weights() => Torch.TinyModel.Weights(Blueprint, seed: 3);

    /// <param name="backend">cpu or torch, in fp32.</param>
    public static async Task<RunningServer> StartAsync(string backend)
    {
        using var weights = Weights();
        var options = new EngineOptions { MaxBatchTokens = 40, MaxSequences = 8 };
        INetwork network = backend == "cpu"
            ? new CpuNetwork(Blueprint, weights, new CpuOptions { Weights = WeightPrecision.Float32, Threads = 1 })
            : new TorchNetwork(Blueprint, weights, new TorchOptions { DType = ComputeType.Float32 });
        return await RunningServer.StartAsync(new LoadedModel(network, 2048, options)
        {
            Version = "tiny",
            WeightsHash = TinyModel.Hash,
            Tokenizer = TinyText.Tokenizer,
            Defaults = new GenerationDefaults([257], null),
        }, parts: parts => parts with { Engine = options });
    }
}
