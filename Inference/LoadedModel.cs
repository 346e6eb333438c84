// One loaded version of a model: an immutable snapshot that answers requests. Knows neither the server nor the version that replaces it.
using Majlis.Inference.Grammars;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

/// <summary>Weights with tokenizer, template and cache. The <see cref="LiveModel"/> that it is swapped into owns and disposes it.</summary>
public sealed class LoadedModel : IDisposable
{
    readonly Lazy<TokenTrie> tokens;

    /// <summary>Creates a model and allocates its cache.</summary>
    /// <param name="network">The network of the cache. The model owns it once this returns.</param>
    /// <param name="maxContext">The model's own limit of prompt and answer together, in tokens.</param>
    /// <param name="options">They hold the size of the cache.</param>
    /// <exception cref="ModelFormatException">The cache memory is too small for this model.</exception>
    public LoadedModel(INetwork network, int maxContext, EngineOptions options)
    {
        var plan = CachePlan.Make(network, maxContext, options);
        network.AllocateCache(plan.Blocks.AsSpan());
        (Network, Allocator, Adapters) = (network, plan.Allocator(network.BlockSize), new(network));
        MaxContext = Math.Min(maxContext, Allocator.Capacity);
        tokens = new(() => new TokenTrie(Tokenizer!, network.Blueprint.VocabularySize));
    }

    /// <summary>The version's id, as clients see it.</summary>
    public required string Version { get; init; }

    public required string WeightsHash { get; init; }

    /// <summary>Where it was opened, a GGUF file or a Hugging Face folder; null where it was made in memory.</summary>
    public string? Path { get; init; }

    public INetwork Network { get; }

    /// <summary>What requests may ask for beside the weights alone.</summary>
    public ModelAdapters Adapters { get; }

    public required TextTokenizer Tokenizer { get; init; }

    public ChatTemplate? ChatTemplate { get; init; }

    public required GenerationDefaults Defaults { get; init; }

    /// <summary>How the states of a prompt become a vector for requests that ask for one.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>What computes, for people and logs.</summary>
    public string? Backend { get; init; }

    /// <summary>
    /// A small model of the same tokens that suggests how answers go on; null where there is none. Its owner disposes it after this model.
    /// </summary>
    public LoadedModel? Draft { get; init; }

    /// <summary>Types of the file that were rounded to others, as a sentence for people; null if none was.</summary>
    public string? Rounded { get; init; }

    /// <summary>The source of the network's weights; disposed after it.</summary>
    public IDisposable? Source { get; init; }

    /// <summary>The limit of prompt and answer together, in tokens: the model's own, or the cache's where that is smaller.</summary>
    public int MaxContext { get; }

    internal BlockAllocator Allocator { get; }

    /// <summary>Made when a grammar first needs it.</summary>
    internal TokenTrie Tokens => tokens.Value;

    public void Dispose()
    {
        Network.Dispose();
        Source?.Dispose();
    }
}
