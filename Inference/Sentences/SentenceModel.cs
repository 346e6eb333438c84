// One loaded encoder of texts with its tokenizer and its rules. Knows no request; SentenceEncoder computes with it.
using Majlis.Model;
using Majlis.Model.Sentences;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference.Sentences;

/// <summary>Owns the network and its source.</summary>
public sealed class SentenceModel(INetwork network, SentenceConfig config) : IDisposable
{
    /// <summary>The name that clients ask for.</summary>
    public required string Name { get; init; }

    public required string WeightsHash { get; init; }

    /// <summary>Null for a network that takes token ids only.</summary>
    public TextTokenizer? Tokenizer { get; init; }

    /// <summary>How conversations are worded for it; null where it reads texts alone.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>What computes, for people and logs.</summary>
    public string? Backend { get; init; }

    /// <summary>The source of the network's weights; disposed after it.</summary>
    public IDisposable? Source { get; init; }

    public INetwork Network => network;

    public SentenceConfig Config => config;

    public void Dispose()
    {
        network.Dispose();
        Source?.Dispose();
    }
}
