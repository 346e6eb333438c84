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
    readonly Lock gate = new();
    readonly int maxContext;
    CachePlan? plan;

    /// <summary>The version's id, as clients see it.</summary>
    public required string Version { get; init; }

    public required string WeightsHash { get; init; }

    public required INetwork Network { get; init; }

    public required TextTokenizer Tokenizer { get; init; }

    public ChatTemplate? ChatTemplate { get; init; }

    public required GenerationDefaults Defaults { get; init; }

    /// <summary>What the network reads from, disposed after it.</summary>
    public IDisposable? Source { get; init; }

    /// <summary>Tokens that prompt and answer may have together: the model's own limit, or the cache's once it is allocated.</summary>
    public required int MaxContext
    {
        get => Math.Min(maxContext, Allocator?.Capacity ?? int.MaxValue);
        init => maxContext = value;
    }

    internal BlockAllocator? Allocator { get; private set; }

    /// <summary>Allocates the cache, so that the first request need not wait for it. A second call does nothing.</summary>
    /// <exception cref="ModelFormatException">The cache memory is too small for this model.</exception>
    public void Prepare(EngineOptions options)
    {
        lock (gate)
        {
            if (plan is not null) return;
            plan = CachePlan.Make(Network, maxContext, options);
            Network.AllocateCache(plan.Blocks.AsSpan());
            Allocator = plan.Allocator(Network.BlockSize);
        }
    }

    public void Dispose()
    {
        Network.Dispose();
        Source?.Dispose();
    }
}
