// Unigram language model: the segmentation of a text with the highest sum of log-probabilities, by Viterbi over a trie.
// Unknown characters cost 10 less than the rarest token and are fused, as SentencePiece and the Rust library do.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Tokenizers.Models;

sealed class UnigramModel : TokenModel
{
    const double UnknownPenalty = 10;

    readonly ModelDefinition definition;
    readonly WordCache cache = new();
    readonly MergeTable children;
    readonly double unknownScore;

    public UnigramModel(ModelDefinition definition)
    {
        this.definition = definition;
        unknownScore = (definition.Scores.IsEmpty ? 0 : definition.Scores.Min()) - UnknownPenalty;
        children = BuildTrie(definition.Vocabulary);
    }

    public override void Tokenize(TextSlice slice, TokenSink sink)
    {
        if (slice.Text.Length <= WordCache.MaxLength && Cached(slice.Text) is var known
            && (sink.Refused is null || !known.Ids.Any(sink.Refused.Contains)))
            known.AddTo(sink, slice);
        else
            foreach (var token in Tokens(slice.Text, sink.Refused)) sink.Add(token.Id, slice, token.Start, token.End);
    }

    CachedWord Cached(ReadOnlySpan<char> text)
    {
        if (cache.Find(text, out var slot) is { } known) return known;
        var tokens = Tokens(text, refused: null);
        var fresh = new CachedWord(text.ToString(), [.. tokens.Select(token => token.Id)],
            [.. tokens.SelectMany(token => new[] { (byte)token.Start, (byte)token.End })]);
        cache.Store(slot, fresh);
        return fresh;
    }

    List<(int Id, int Start, int End)> Tokens(ReadOnlySpan<char> text, IReadOnlySet<int>? refused)
    {
        List<(int Id, int Start, int End)> tokens = [];
        foreach (var (start, end) in BestSplit(text, refused)) AddToken(text, start, end, refused, tokens);
        return tokens;
    }

    void AddToken(ReadOnlySpan<char> text, int start, int end, IReadOnlySet<int>? refused, List<(int Id, int Start, int End)> tokens)
    {
        if (definition.Vocabulary.TryGetId(text[start..end], out var id) && refused?.Contains(id) != true) tokens.Add((id, start, end));
        else if (definition.ByteFallback && ByteIds(text[start..end]) is { } bytes)
            tokens.AddRange(bytes.Select(value => (value, start, end)));
        else tokens.Add((Unknown(), start, end));
    }

    int[]? ByteIds(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        var ids = Array.ConvertAll(bytes, ByteId);
        return ids.Contains(-1) ? null : ids;
    }

    int ByteId(byte value) => definition.Vocabulary.Id(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) ?? -1;

    int Unknown() => definition.UnknownId
        ?? throw new ModelFormatException("The text has a character that the tokenizer does not know, and its model.unk_id is missing.");

    /// <summary>
    /// The best path's segments in order, neighbouring unknown characters as one. Refused tokens are not edges of the lattice, as control
    /// pieces are not in SentencePiece.
    /// </summary>
    List<(int Start, int End)> BestSplit(ReadOnlySpan<char> text, IReadOnlySet<int>? refused)
    {
        var best = new (double Score, int From, int Id)[text.Length + 1];
        Array.Fill(best, (0, -1, 0));
        for (var start = 0; start < text.Length;)
        {
            var single = start + CodePoints.Size(CodePoints.At(text, start));
            var node = 0;
            var hasSingle = false;
            for (var end = start; end < text.Length && children.TryGet(node, text[end], out var id, out node); end++)
            {
                if (id < 0 || refused?.Contains(id) == true) continue;
                Offer(best, start, end + 1, best[start].Score + definition.Scores[id], id);
                hasSingle |= end + 1 == single;
            }
            if (!hasSingle) Offer(best, start, single, best[start].Score + unknownScore, Unknown());
            start = single;
        }
        return Retrace(best);
    }

    static void Offer((double Score, int From, int Id)[] best, int start, int end, double score, int id)
    {
        if (best[end].From < 0 || score > best[end].Score) best[end] = (score, start, id);
    }

    List<(int Start, int End)> Retrace((double Score, int From, int Id)[] best)
    {
        List<(int Start, int End)> path = [];
        var afterUnknown = false;
        for (var end = best.Length - 1; end > 0; end = best[end].From)
        {
            var unknown = best[end].Id == definition.UnknownId;
            if (unknown && afterUnknown) path[^1] = (best[end].From, path[^1].End);
            else path.Add((best[end].From, end));
            afterUnknown = unknown;
        }
        path.Reverse();
        return path;
    }

    /// <summary>(node, UTF-16 unit) -> (token ending there or -1, child node), in a table of pairs.</summary>
    static MergeTable BuildTrie(Vocabulary vocabulary)
    {
        var table = new MergeTable(vocabulary.Entries.Sum(entry => entry.Token.Length));
        var nodes = 1;
        foreach (var (token, id) in vocabulary.Entries)
        {
            var node = 0;
            for (var i = 0; i < token.Length; i++)
            {
                var known = table.TryGet(node, token[i], out var ending, out var child);
                if (!known) (ending, child) = (-1, nodes++);
                if (i == token.Length - 1) ending = id;
                if (!known || ending == id) table.Add(node, token[i], ending, child);
                node = child;
            }
        }
        return table;
    }
}
