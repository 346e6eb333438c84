// From a model's path to weights ready to serve. The only code of the server that names a backend.
using Majlis.Cpu;
using Majlis.Cpu.Weights;
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Inference.Speculation;
using Majlis.Model;
using Majlis.Model.Sentences;
using Majlis.Model.Weights;
using Majlis.Text;
using Majlis.Torch;

namespace Majlis.Server.Models;

/// <param name="backend">auto, cpu or torch.</param>
/// <param name="weights">The precision of the cpu backend's weights, one of <see cref="Precisions"/>.</param>
/// <param name="cacheType">The precision of the cpu backend's keys and values, one of <see cref="CacheTypes"/>.</param>
/// <param name="threads">The cpu backend's threads; 0: one for each core.</param>
/// <param name="draftPath">The small model that suggests tokens; null where there is none. Opened once, with the first model.</param>
sealed class ModelOpener(string backend, string weights, string cacheType, int threads, string? draftPath = null)
{
    // The share of the cache's memory that a small model gets beside it.
    const int DraftShare = 4;

    LoadedModel? draft;

    public static ModelOpener Of(ServerOptions options) =>
        new(options.Backend, options.Weights, options.CacheType, options.Threads, SpeculationChoice.Draft(options));

    public const string Auto = "auto";
    public const string Cpu = "cpu";
    public const string Torch = "torch";

    /// <summary>Names of the precisions of weights.</summary>
    public static IReadOnlyDictionary<string, WeightPrecision> Precisions { get; } = new Dictionary<string, WeightPrecision>
    {
        ["auto"] = WeightPrecision.Auto,
        ["bf16"] = WeightPrecision.BFloat16,
        ["int8"] = WeightPrecision.Int8,
        ["int4"] = WeightPrecision.Int4,
    };

    /// <summary>Names of the precisions of keys and values.</summary>
    public static IReadOnlyDictionary<string, CachePrecision> CacheTypes { get; } = new Dictionary<string, CachePrecision>
    {
        ["auto"] = CachePrecision.Auto,
        ["int16"] = CachePrecision.Int16,
        ["int8"] = CachePrecision.Int8,
    };

    /// <summary>Opens a GGUF file or a Hugging Face folder under the name that clients see, and allocates its cache.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message names what is missing or wrong.</exception>
    public LoadedModel Open(string path, string version, EngineOptions options)
    {
        var suggesting = draftPath is null ? null
            : draft ??= OpenAlone(draftPath, "draft", options with { CacheBytes = options.CacheBytes / DraftShare });
        return OpenAlone(path, version, options, suggesting);
    }

    /// <summary>Whether a model fits into memory beside what is there already, as the headers of its files tell.</summary>
    /// <exception cref="ModelFormatException">There is no model.</exception>
    public bool Fits(string path, EngineOptions options)
    {
        using var checkpoint = Checkpoint.Open(path);
        var (needed, free) = UsesTorch(checkpoint.Blueprint)
            ? (TorchNetwork.WeightBytes(checkpoint.Weights), TorchNetwork.FreeMemory)
            : (CpuNetwork.WeightBytes(checkpoint.Blueprint, checkpoint.Weights, Precisions[weights]), MachineMemory.Available);
        return needed + options.CacheBytes <= free;
    }

    LoadedModel OpenAlone(string path, string version, EngineOptions options, LoadedModel? suggesting = null)
    {
        var checkpoint = Checkpoint.Open(path);
        INetwork? network = null;
        try
        {
            if (checkpoint.Blueprint.HeadKind != HeadKind.LanguageModel)
                throw new ModelFormatException($"{path}: a {checkpoint.Blueprint.Family} model without a language head writes no answers.");
            var tokenizer = checkpoint.Tokenizer
                ?? throw new ModelFormatException($"{path}: there is no tokenizer.json, tokenizer.model or GGUF vocabulary.");
            if (suggesting is not null && DraftVocabulary.Difference(tokenizer, suggesting.Tokenizer) is { } difference)
                throw new ModelFormatException($"--speculate {draftPath}: its tokens are not those of {path}: {difference}.");
            var isTorch = UsesTorch(checkpoint.Blueprint);
            network = isTorch ? new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights)
                : OnProcessor(checkpoint, Precisions[weights]);
            return new LoadedModel(network, checkpoint.Blueprint.MaxPositions, options)
            {
                Version = version,
                WeightsHash = checkpoint.WeightsHash,
                Path = path,
                Tokenizer = tokenizer,
                ChatTemplate = checkpoint.ChatTemplate,
                Defaults = checkpoint.Generation,
                Backend = isTorch ? Torch : Cpu,
                Draft = suggesting,
                Rounded = (network as CpuNetwork)?.Rounded,
                Source = checkpoint,
            };
        }
        catch
        {
            network?.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Opens a cross-encoder: one label over a pair of texts.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message names what is missing or wrong.</exception>
    public SentenceModel OpenReranker(string path, string name) => OpenEncoder(path, name, checkpoint =>
        checkpoint.Blueprint.HeadKind != HeadKind.Score
            ? throw new ModelFormatException($"{path}: a reranker is a model for sequence classification with one label.")
        : checkpoint.Tokenizer is null ? throw new ModelFormatException($"{path}: there is no tokenizer.json.")
        : ScoreFiles.Read(path, checkpoint.Blueprint, checkpoint.Config));

    /// <summary>Opens a reward model: one label over a conversation, whose number is the reward.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message names what is missing or wrong.</exception>
    public SentenceModel OpenRewardModel(string path, string name) => OpenEncoder(path, name, checkpoint =>
        checkpoint.Blueprint.HeadKind != HeadKind.Score
            ? throw new ModelFormatException($"{path}: a reward model is a model for sequence classification with one label.")
        : checkpoint.Tokenizer is null || checkpoint.ChatTemplate is null
            ? throw new ModelFormatException($"{path}: a reward model needs a tokenizer.json and a chat template.")
        : ScoreFiles.Reward(path, checkpoint.Blueprint));

    /// <summary>Opens an encoder of texts.</summary>
    /// <exception cref="ModelFormatException">It cannot be served; the message names what is missing or wrong.</exception>
    public SentenceModel OpenSentences(string path, string name) =>
        OpenEncoder(SentenceFiles.NetworkFolder(path), name, checkpoint => checkpoint.Blueprint.HeadKind == HeadKind.Score
            ? throw new ModelFormatException($"{path}: a network with a score on top makes no vectors.")
        : SentenceFiles.Read(path, checkpoint.Blueprint));

    // Encoders are small and compared number by number: fp32, or what comes nearest to it on the cpu backend, whatever --weights says.
    SentenceModel OpenEncoder(string path, string name, Func<Checkpoint, SentenceConfig> configure)
    {
        var checkpoint = Checkpoint.Open(path);
        INetwork? network = null;
        try
        {
            var config = configure(checkpoint);
            var isTorch = UsesTorch(checkpoint.Blueprint) || CpuNetwork.Lack(checkpoint.Blueprint) is not null;
            network = isTorch
                ? new TorchNetwork(checkpoint.Blueprint, checkpoint.Weights, new TorchOptions { DType = ComputeType.Float32 })
                : OnProcessor(checkpoint, WeightPrecision.BFloat16);
            return new SentenceModel(network, config)
            {
                Name = name,
                WeightsHash = checkpoint.WeightsHash,
                Tokenizer = checkpoint.Tokenizer,
                Template = checkpoint.ChatTemplate,
                Backend = isTorch ? Torch : Cpu,
                Source = checkpoint,
            };
        }
        catch
        {
            network?.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }

    // A GPU beats the vector code, and LibTorch has what that lacks.
    bool UsesTorch(Blueprint blueprint) =>
        backend == Torch || backend == Auto && (TorchNetwork.HasGpu || CpuNetwork.Lack(blueprint) is not null);

    CpuNetwork OnProcessor(Checkpoint checkpoint, WeightPrecision precision) => new(checkpoint.Blueprint, checkpoint.Weights, new CpuOptions
    {
        Weights = precision,
        Cache = CacheTypes[cacheType],
        Threads = threads == 0 ? null : threads,
    });
}
