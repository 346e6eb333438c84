// A question with each passage as the tokens that a cross-encoder reads. The question is never cut; of a passage its end may be.
using Majlis.Inference.Sentences;
using Majlis.Server.Embeddings;
using Majlis.Server.Wire;
using Majlis.Text.Tokenizers;

namespace Majlis.Server.Rerank;

sealed class PairTokens(SentenceModel model, RerankRequest request)
{
    readonly TextTokenizer tokenizer = model.Tokenizer!;

    /// <summary>A pair for each document, or none with the reason in <paramref name="problem"/>.</summary>
    public (int[] Ids, int[] Types)[] Read(Problem problem)
    {
        var most = model.Config.MaxTokens;
        var room = most - tokenizer.PairFrameLength;
        var query = tokenizer.EncodeUpTo(request.Query, room);
        if (query.Length >= room) problem.Add(TooLong("query"));
        if (problem.First is not null) return [];
        var left = Math.Min(room - query.Length, request.MostTokens ?? int.MaxValue);
        var pairs = new (int[], int[])[request.Documents.Length];
        foreach (var (i, text) in request.Documents.Index())
        {
            var ids = tokenizer.EncodeUpTo(text, left);
            if (ids.Length > left && !request.Cuts)
            {
                problem.Add(TooLong($"documents[{i}]"));
                return [];
            }
            pairs[i] = tokenizer.FramePair(query, ids.Length > left ? ids[..left] : ids);
        }
        return pairs;
    }

    ApiError TooLong(string name) => new(400, "invalid_request_error",
        $"'{model.Name}' reads up to {model.Config.MaxTokens} tokens of question and document together, and '{name}' is too long for "
            + $"that. {InputTokens.Advice(name)}", name, "context_length_exceeded");
}
