// Validates a batch before any tensor is made of it, and lists the rows whose logits it asks for. Plain numbers.
namespace Majlis.Model;

public static class BatchRules
{
    /// <exception cref="ArgumentException">The batch contradicts itself or the network.</exception>
    public static void Check(ForwardBatch batch, Blueprint blueprint, int groups, bool hasCache)
    {
        if (batch.Tokens.Length == 0) throw new ArgumentException("A batch holds at least one token.");
        if (batch.Positions.Length != batch.Tokens.Length) throw new ArgumentException("A batch has as many positions as tokens.");
        if (batch.TokenTypes is { } types && (types.Length != batch.Tokens.Length
            || types.AsSpan().ContainsAnyExceptInRange(0, Math.Max(0, blueprint.TokenTypes - 1))))
            throw new ArgumentException($"A batch has a segment for each token, of {blueprint.TokenTypes} that the network knows.");
        if (groups > 0 && !hasCache) throw new InvalidOperationException("Allocate the cache before the first step.");
        foreach (var token in batch.Tokens)
            if ((uint)token >= (uint)blueprint.VocabularySize)
                throw new ArgumentException($"Token {token} is not in a vocabulary of {blueprint.VocabularySize}.");
        if (blueprint.PositionEmbedding is not null && batch.Positions.Max() >= blueprint.MaxPositions)
            throw new ArgumentException($"Position {batch.Positions.Max()} is beyond the {blueprint.MaxPositions} that this network has.");
        var at = 0;
        foreach (var span in batch.Spans)
        {
            if (span.Start != at || span.Count < 1)
                throw new ArgumentException($"The sequence at row {span.Start} should begin at row {at} with at least one token.");
            if (groups == 0 && span.Cached != 0)
                throw new ArgumentException("An encoder reads whole sequences; nothing of them is cached.");
            if (groups > 0 && span.BlockTables.Length != groups)
                throw new ArgumentException($"{groups} cache groups, but block tables for {span.BlockTables.Length}.");
            at += span.Count;
        }
        if (at != batch.Tokens.Length) throw new ArgumentException("The sequences do not cover the batch's tokens.");
        if (batch.IsDeterministic && (groups == 0 || batch.Pooling != Pooling.None))
            throw new ArgumentException("Fixed shapes are for generating: an encoder has none, and nothing is pooled in them.");
        if (batch.Pooling == Pooling.Score && blueprint.HeadKind != HeadKind.Score)
            throw new ArgumentException("Only a reward model scores.");
        if (batch.Rows is not LogitRows.NoRows && blueprint.HeadKind != HeadKind.LanguageModel)
            throw new ArgumentException("This network has no next-token logits; ask for pooling and LogitRows.None.");
    }

    public static int[] Rows(ForwardBatch batch) => batch.Rows switch
    {
        LogitRows.NoRows => [],
        LogitRows.LastRows => [.. batch.Spans.Select(span => span.Start + span.Count - 1)],
        LogitRows.AllRows => [.. Enumerable.Range(0, batch.Tokens.Length)],
        LogitRows.ListedRows listed => [.. listed.TokenIndices],
        _ => throw new ArgumentException("Unknown choice of rows."),
    };

    /// <summary>As in transformers, a reward is read at the last token that is not the padding id.</summary>
    public static int ScoreRow(ForwardBatch batch, SequenceSpan span, int? pad)
    {
        var row = span.Start + span.Count - 1;
        while (row > span.Start && batch.Tokens[row] == pad) row--;
        return row;
    }
}
