// Searches stores: makes the questions' vectors, keeps the indexes of stores that were searched lately. Knows no HTTP.
using Majlis.Inference.Sentences;
using Majlis.Server.Models;

namespace Majlis.Server.VectorStores;

/// <param name="Queries">At least one; a passage counts by the best of them.</param>
/// <param name="Least">The least score.</param>
sealed record SearchWish(IReadOnlyList<string> Queries, AttributeFilter? Filter, int Most, double Least);

sealed class StoreSearch(StoreRecords stores, EncoderModels encoders)
{
    const int MostKept = 16;

    readonly Lock gate = new();
    // The latest last.
    readonly List<(string Store, StoreIndex Index)> kept = [];

    public async Task<IReadOnlyList<StoreHit>> RunAsync(StoredVectorStore store, SearchWish wish, CancellationToken stop)
    {
        stores.Touch(store.Id);
        var vectors = encoders.OfTexts is { } encoder ? await VectorsAsync(encoder, wish.Queries, stop) : null;
        var index = Index(store);
        return [.. wish.Queries.SelectMany((query, i) => index.Search(query, vectors?[i], Takes))
            .GroupBy(hit => (hit.File.FileId, hit.Text)).Select(same => same.MaxBy(hit => hit.Score)!)
            .Where(hit => hit.Score >= wish.Least).OrderByDescending(hit => hit.Score).Take(wish.Most)];

        bool Takes(StoreFile file) => wish.Filter?.Takes(file.Attributes ?? []) ?? true;
    }

    static async Task<float[][]> VectorsAsync(SentenceEncoder encoder, IReadOnlyList<string> queries, CancellationToken stop)
    {
        var model = encoder.Model;
        return await encoder.EncodeAsync([.. queries.Select(query => SentenceTokens.Of(model.Tokenizer!, model.Config,
            model.Config.QueryPrompt, query, model.Config.MaxTokens, Truncation.End)!)], 0, cancellation: stop);
    }

    // An index that another search still reads is left to the collector.
    StoreIndex Index(StoredVectorStore store)
    {
        lock (gate)
        {
            var at = kept.FindIndex(one => one.Store == store.Id);
            if (at >= 0 && kept[at].Index.Files == store.Files) return kept[at].Index;
            if (at >= 0) kept.RemoveAt(at);
            var index = new StoreIndex(store, encoders.OfTexts?.Model.WeightsHash,
                file => StorePassages.Read(stores.Folder, store.Id, file));
            kept.Add((store.Id, index));
            if (kept.Count > MostKept) kept.RemoveAt(0);
            return index;
        }
    }
}
