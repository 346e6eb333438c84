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
    // The latest last. An index is made by the first search that needs it, and awaited by others, never under the lock.
    readonly List<(StoredVectorStore Store, Lazy<Task<StoreIndex>> Index)> kept = [];

    public async Task<IReadOnlyList<StoreHit>> RunAsync(StoredVectorStore store, SearchWish wish, CancellationToken stop)
    {
        stores.Touch(store.Id);
        var vectors = encoders.OfTexts is { } encoder ? await VectorsAsync(encoder, wish.Queries, stop) : null;
        var index = await IndexAsync(store).WaitAsync(stop);
        return [.. wish.Queries.SelectMany((query, i) => index.Search(query, vectors?[i], wish.Filter is null ? null : Takes))
            .GroupBy(hit => (hit.File.FileId, hit.Text)).Select(same => same.MaxBy(hit => hit.Score)!)
            .Where(hit => hit.Score >= wish.Least).OrderByDescending(hit => hit.Score).Take(wish.Most)];

        bool Takes(StoreFile file) => wish.Filter!.Takes(file.Attributes ?? []);
    }

    static async Task<float[][]> VectorsAsync(SentenceEncoder encoder, IReadOnlyList<string> queries, CancellationToken stop)
    {
        var model = encoder.Model;
        return await encoder.EncodeAsync([.. queries.Select(query => SentenceTokens.Of(model.Tokenizer!, model.Config,
            model.Config.QueryPrompt, query, model.Config.MaxTokens, Truncation.End)!)], 0, cancellation: stop);
    }

    // An index that another search still reads is left to the collector.
    Task<StoreIndex> IndexAsync(StoredVectorStore store)
    {
        lock (gate)
        {
            var at = kept.FindIndex(one => one.Store.Id == store.Id);
            if (at >= 0 && kept[at].Store.Files == store.Files && !kept[at].Index.Value.IsFaulted) return kept[at].Index.Value;
            if (at >= 0) kept.RemoveAt(at);
            kept.Add((store, new(() => Task.Run(() => Index(store)))));
            if (kept.Count > MostKept) kept.RemoveAt(0);
            return kept[^1].Index.Value;
        }
    }

    StoreIndex Index(StoredVectorStore store) =>
        new(store, encoders.OfTexts?.Model.WeightsHash, file => stores.Passages(store.Id, file));
}
