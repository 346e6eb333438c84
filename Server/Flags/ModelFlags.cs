// Options of what is served and what computes it, on the command line. Knows no address and no store.
using System.CommandLine;
using Majlis.CommandLine;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Flags;

sealed class ModelFlags(OptionSources sources, ServerOptions defaults)
{
    readonly HostOption<string?> model = sources.Text("--model",
        "What to serve: a GGUF file, a Hugging Face folder, or ORG/NAME of its hub; without it models/starter.");

    readonly HostOption<string?> embeddingModel = sources.Text("--embedding-model",
        "The encoder that makes vectors for /v1/embeddings: a Hugging Face folder, or ORG/NAME of its hub.");

    readonly HostOption<string?> rerankModel = sources.Text("--rerank-model",
        "The cross-encoder that orders passages for /v1/rerank: a Hugging Face folder, or ORG/NAME of its hub.");
    readonly HostOption<string?> rewardModel = sources.Text("--reward-model",
        "A reward model that ranks the answers of best_of_n: a folder, or ORG/NAME of the Hugging Face hub.");

    readonly HostOption<string[]> adapters = sources.Texts("--adapter",
        "An adapter in peft's format that requests ask for as BASE:NAME; may be given several times.", "NAME=FOLDER");

    readonly HostOption<string> catalog = sources.Text("--catalog",
        "Folder of model versions; its current one is served instead of --model, and a new one is picked up while running.",
        defaults.Catalog);

    readonly HostOption<string> backend = sources.Text("--backend",
        "What computes: torch; cpu, hand-written vector code; or auto: cpu where no GPU is and it can serve the model.",
        defaults.Backend);

    readonly HostOption<string> weights = sources.Text("--weights",
        "The precision of the cpu backend's weights: auto (a GGUF's own, else int8), bf16, int8 or int4.", defaults.Weights);

    readonly HostOption<string> cacheType = sources.Text("--cache-type",
        "The precision of the cpu backend's keys and values: auto (int16), int16 or int8.", defaults.CacheType);

    readonly HostOption<int> threads = sources.Whole("--threads", "The cpu backend's threads; 0: one for each core.", defaults.Threads);

    readonly HostOption<string?> documents = sources.Text("--documents",
        "Folder of .txt and .md files to answer from where a request brings neither documents nor tools.");

    readonly HostOption<string> toolFormat = sources.Text("--tool-format",
        $"How the model writes tool calls: auto (as its chat template shows), or {string.Join(", ", ToolFormats.Names)}.",
        defaults.ToolFormat);

    readonly HostOption<bool> deterministic = sources.Flag("--deterministic",
        "Compute in fixed shapes, so that a seed gives the same text whatever else runs; slower. A request can set this for itself.");

    readonly HostOption<string?> speculate = sources.Text("--speculate",
        "Guess several tokens a step: ngram (from each answer's own past), or a small model's path; no text changes.");

    readonly HostOption<string> swap = sources.Text("--swap",
        "How versions change: overlap (load the next beside the running one), drain (end running requests first), or auto: overlap where "
            + "both fit into memory.", defaults.Swap);

    public IEnumerable<Option> All =>
        [model, embeddingModel, rerankModel, rewardModel, adapters, catalog, backend, weights, cacheType, threads, documents,
            toolFormat, deterministic, speculate, swap];

    /// <summary>The options with what this command line says of these.</summary>
    public ServerOptions Read(OptionValues values, ServerOptions options) => options with
    {
        Model = values.Of(model),
        EmbeddingModel = values.Of(embeddingModel),
        RerankModel = values.Of(rerankModel),
        Adapters = [.. values.Of(adapters)],
        RewardModel = values.Of(rewardModel),
        Catalog = values.Of(catalog),
        Backend = values.Of(backend),
        Weights = values.Of(weights),
        CacheType = values.Of(cacheType),
        Threads = values.Of(threads),
        Documents = values.Of(documents),
        ToolFormat = values.Of(toolFormat),
        Deterministic = values.Of(deterministic),
        Speculate = values.Of(speculate),
        Swap = values.Of(swap),
    };
}
