// How texts become vectors with one encoder, as its own sentence-transformers files say. Reads no file and computes no network.
using System.Collections.Immutable;

namespace Majlis.Model.Sentences;

public sealed record SentenceConfig
{
    /// <summary>The state or the mean of states that becomes the vector.</summary>
    public required Pooling Pooling { get; init; }

    /// <summary>The mean is a sum over the square root of the length instead.</summary>
    public bool DividesByRoot { get; init; }

    /// <summary>Longest text in tokens, those that frame it included.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Texts are lowercased before the tokenizer sees them.</summary>
    public bool LowersCase { get; init; }

    /// <summary>Texts that stand before texts of one kind, by the kind's name (query, document, ...).</summary>
    public ImmutableDictionary<string, string> Prompts { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The kind of a text of which nothing is said; null: nothing stands before it.</summary>
    public string? UsualPrompt { get; init; }

    public ImmutableArray<VectorStep> Steps { get; init; } = [];

    /// <summary>Elements of a vector.</summary>
    public required int Size { get; init; }

    /// <summary>What stands before a search's question, as sentence-transformers' encode_query looks for it.</summary>
    public string QueryPrompt => Prompt("query");

    /// <summary>What stands before a text that is searched, as sentence-transformers' encode_document looks for it.</summary>
    public string DocumentPrompt => Prompt("document", "passage", "corpus");

    /// <summary>The prompt of the first of these kinds that has one, else the usual one; empty where none stands before texts.</summary>
    public string Prompt(params ReadOnlySpan<string?> kinds)
    {
        foreach (var kind in (ReadOnlySpan<string?>)[.. kinds, UsualPrompt])
            if (kind is not null && Prompts.TryGetValue(kind, out var prompt)) return prompt;
        return "";
    }

    /// <summary>The vector of a text of <paramref name="tokens"/> tokens from what the network pooled.</summary>
    public float[] Finish(float[] pooled, int tokens)
    {
        if (DividesByRoot)
            for (var i = 0; i < pooled.Length; i++) pooled[i] *= MathF.Sqrt(tokens);
        foreach (var step in Steps) pooled = step.Apply(pooled);
        return pooled;
    }
}
