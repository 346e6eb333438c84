// Filters count before the passages that share the most words are chosen, and scores compare to the best that the filter takes.
using Majlis.Server.VectorStores;
using Xunit;

namespace Majlis.tests.Server.VectorStores;

public sealed class StoreIndexTests
{
    [Fact]
    public void A_file_that_a_filter_takes_is_found_however_many_other_passages_fit_better()
    {
        var store = new StoredVectorStore("vs_1", "sara", null, null, 0, 0, null, null) { Files = [Of("big"), Of("small")] };
        using var index = new StoreIndex(store, null, file => new(null, file == "big"
            ? [.. Enumerable.Range(0, 1500).Select(i => new StorePassage($"falcon falcon {i}", i, []))]
            : [new StorePassage("In a garden far away somebody saw one falcon among many other birds.", 0, [])]));
        var found = index.Search("falcon", null, file => file.FileId == "small").ToList();
        Assert.Equal(("small", 1.0), (Assert.Single(found).File.FileId, found[0].Score));
        Assert.Equal(1000, index.Search("falcon", null, null).Count());
    }

    static StoreFile Of(string id) => new(id, id, StoreFile.Completed, 0, 1, null, Chunking.Usual, null);
}
