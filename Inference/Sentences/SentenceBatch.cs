// The batch of one step of an encoder: whole texts, one after another. A causal network's keys go into blocks in order, anew in each step.
using System.Collections.Immutable;
using Majlis.Model;

namespace Majlis.Inference.Sentences;

static class SentenceBatch
{
    /// <summary>Room for the keys of one step; encoders that are not causal keep none.</summary>
    /// <param name="tokens">The most tokens of a step.</param>
    public static void AllocateCache(INetwork network, int tokens)
    {
        var groups = network.Blueprint.CacheGroups.Length;
        if (groups > 0) network.AllocateCache([.. Enumerable.Repeat(Room(tokens, network) / network.BlockSize, groups)]);
    }

    /// <summary>Tokens of a step that a text takes up: where keys are kept, whole blocks.</summary>
    public static int Room(int tokens, INetwork network) => network.Blueprint.CacheGroups.Length == 0 ? tokens
        : (tokens + network.BlockSize - 1) / network.BlockSize * network.BlockSize;

    public static ForwardBatch Of(IReadOnlyList<(int[] Tokens, int[]? Types)> texts, SentenceModel model)
    {
        var (groups, size) = (model.Network.Blueprint.CacheGroups.Length, model.Network.BlockSize);
        var (spans, at, block) = (ImmutableArray.CreateBuilder<SequenceSpan>(texts.Count), 0, 0);
        foreach (var (text, _) in texts)
        {
            ImmutableArray<int> table = groups == 0 ? [] : [.. Enumerable.Range(block, (text.Length + size - 1) / size)];
            spans.Add(new SequenceSpan(at, text.Length, 0, [.. Enumerable.Repeat(table, groups)]));
            (at, block) = (at + text.Length, block + table.Length);
        }
        return new ForwardBatch
        {
            Tokens = [.. texts.SelectMany(text => text.Tokens)],
            Positions = [.. texts.SelectMany(text => Enumerable.Range(0, text.Tokens.Length))],
            TokenTypes = texts.All(text => text.Types is null) ? null
                : [.. texts.SelectMany(text => text.Types ?? new int[text.Tokens.Length])],
            Spans = spans.MoveToImmutable(),
            Rows = LogitRows.None,
            Pooling = model.Config.Pooling,
        };
    }
}
