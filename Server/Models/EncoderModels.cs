// The encoders beside the chat model, by the roles that options give them. Knows no request; the container ends their threads.
using Majlis.Inference;
using Majlis.Inference.Sentences;

namespace Majlis.Server.Models;

/// <param name="given">Owned by this from now on.</param>
sealed class EncoderModels(Encoders given, LiveModel live) : IAsyncDisposable
{
    /// <summary>Null where --embedding-model names none.</summary>
    public SentenceEncoder? Embedding { get; } = given.Embedding is { } embedding ? new(embedding) : null;

    /// <summary>The same if it reads texts; null for one that takes token ids only.</summary>
    public SentenceEncoder? OfTexts => Embedding is { Model.Tokenizer: not null } encoder ? encoder : null;

    /// <summary>Null where --rerank-model names none.</summary>
    public SentenceEncoder? Reranker { get; } = given.Reranker is { } reranker ? new(reranker) : null;

    /// <summary>Null where --reward-model names none.</summary>
    public SentenceEncoder? Reward { get; } = given.Reward is { } reward ? new(reward) : null;

    /// <summary>The encoder of this name, for the list of models.</summary>
    public SentenceModel? Named(string name) => All.FirstOrDefault(model => model.Name == name);

    public IEnumerable<SentenceModel> All => Embedding is null ? Scorers : Scorers.Prepend(Embedding.Model);

    /// <summary>Those whose only number is a score.</summary>
    public IEnumerable<SentenceModel> Scorers => new[] { Reranker, Reward }.OfType<SentenceEncoder>().Select(encoder => encoder.Model);

    /// <summary>What a client may ask vectors of, for messages.</summary>
    public string Describe() => string.Join(", and ", new[]
    {
        Embedding is { } encoder ? $"'{encoder.Model.Name}'" : "no embedding model (--embedding-model names one)",
        live.Current is { } model ? ModelNames.Describe(model) : null,
    }.OfType<string>());

    public async ValueTask DisposeAsync()
    {
        if (Embedding is not null) await Embedding.DisposeAsync();
        if (Reranker is not null) await Reranker.DisposeAsync();
        if (Reward is not null) await Reward.DisposeAsync();
    }
}

/// <summary>The encoders that a server starts with.</summary>
public sealed record Encoders(SentenceModel? Embedding = null, SentenceModel? Reranker = null, SentenceModel? Reward = null);
