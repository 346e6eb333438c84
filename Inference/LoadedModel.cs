// One version of a model, loaded: an immutable snapshot that requests are answered from. Knows neither who serves it nor what
// replaces it.
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

/// <summary>Weights with all it takes to speak to them. A <see cref="LiveModel"/> it is swapped into owns and disposes it.</summary>
public sealed class LoadedModel : IDisposable
{
    /// <summary>A model with its cache, which is allocated here.</summary>
    /// <param name="network">Whose cache it is. The model owns it once this returns.</param>
    /// <param name="maxContext">Tokens that prompt and answer may have together by the model's own limit.</param>
    /// <param name="options">How much memory the cache gets.</param>
    /// <exception cref="ModelFormatException">The cache memory is too small for this model.</exception>
    public LoadedModel(INetwork network, int maxContext, EngineOptions options)
    {
        var plan = CachePlan.Make(network, maxContext, options);
        network.AllocateCache(plan.Blocks.AsSpan());
        (Network, Allocator) = (network, plan.Allocator(network.BlockSize));
        MaxContext = Math.Min(maxContext, Allocator.Capacity);
    }

    /// <summary>The version's id, as clients see it.</summary>
    public required string Version { get; init; }

    public required string WeightsHash { get; init; }

    public INetwork Network { get; }

    public required TextTokenizer Tokenizer { get; init; }

    public ChatTemplate? ChatTemplate { get; init; }

    public required GenerationDefaults Defaults { get; init; }

    /// <summary>What the network reads from, disposed after it.</summary>
    public IDisposable? Source { get; init; }

    /// <summary>Tokens that prompt and answer may have together: the model's own limit, or the cache's where that is less.</summary>
    public int MaxContext { get; }

    internal BlockAllocator Allocator { get; }

    public void Dispose()
    {
        Network.Dispose();
        Source?.Dispose();
    }
}
