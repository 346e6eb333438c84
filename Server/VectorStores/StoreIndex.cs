// What is searched of one store: its passages' words and vectors, in memory from its first search until its files change. Knows no client.
using Majlis.Model.Sentences;
using Majlis.Rag;

namespace Majlis.Server.VectorStores;

/// <param name="Score">Between 0 and 1.</param>
sealed record StoreHit(StoreFile File, string Text, double Score);

sealed class StoreIndex : IDisposable
{
    // Passages that share words with the question, where no filter leaves any out.
    const int MostByWords = 1000;

    readonly Dictionary<string, (StoreFile File, StorePassage Passage, bool IsComparable)> passages = [];
    readonly PassageIndex words;

    /// <param name="store">Its files that are read.</param>
    /// <param name="encoder">The weights' hash of the encoder of questions: vectors of another cannot be compared with theirs.</param>
    /// <param name="read">The passages of a file; null where it has gone.</param>
    public StoreIndex(StoredVectorStore store, string? encoder, Func<string, PassageFile?> read)
    {
        foreach (var file in store.Files.Where(file => file.Status == StoreFile.Completed))
            if (read(file.FileId) is { } found)
                foreach (var (i, passage) in found.Passages.Index())
                    passages[$"{file.FileId}#{i + 1}"] = (file, passage, found.Encoder is not null && found.Encoder == encoder);
        words = new PassageIndex(passages.Select(item =>
            new Passage(item.Key, item.Value.File.Filename, item.Value.Passage.Text, item.Value.File.FileId, item.Value.Passage.Start)));
    }

    /// <summary>
    /// The best passages, best first. A score is the mean of the vectors' cosine and of the words' score, compared to the best of this
    /// search; without a vector, the words' alone.
    /// </summary>
    /// <param name="takes">Null: all files.</param>
    public IEnumerable<StoreHit> Search(string question, float[]? vector, Func<StoreFile, bool>? takes)
    {
        if (passages.Count == 0) return [];
        var found = words.Search(question, takes is null ? MostByWords : passages.Count)
            .Where(hit => takes is null || takes(passages[hit.Passage.Id].File)).ToDictionary(hit => hit.Passage.Id, hit => hit.Score);
        var best = found.Values.DefaultIfEmpty(1).Max();
        return passages.Where(item => found.ContainsKey(item.Key) || vector is not null && (takes is null || takes(item.Value.File)))
            .Select(item => new StoreHit(item.Value.File, item.Value.Passage.Text,
                Score(item.Key, item.Value.Passage, item.Value.IsComparable)))
            .OrderByDescending(hit => hit.Score);

        double Score(string id, StorePassage passage, bool isComparable)
        {
            var byWords = found.GetValueOrDefault(id) / best;
            return vector is null || !isComparable ? byWords
                : (byWords + Math.Max(0, VectorMath.Cosine(vector, passage.Numbers))) / 2;
        }
    }

    public void Dispose() => words.Dispose();
}
