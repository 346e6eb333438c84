// Finds passages by their words (BM25), with separate stemming for Arabic and English. Knows no model and no prompt.
using System.Text.RegularExpressions;
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.Miscellaneous;
using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Search.Similarities;
using Lucene.Net.Store;
using Lucene.Net.Util;
using Majlis.Rag.Words;
using Majlis.Text.Normalization;

namespace Majlis.Rag;

public sealed partial class PassageIndex : IDisposable
{
    const LuceneVersion Version = LuceneVersion.LUCENE_48;

    // In UTF-16 units. Keeps the words below Lucene's limit of clauses, also in scripts where every letter is a word.
    const int MostQueryLetters = 1024;

    static readonly (string Field, Analyzer Analyzer, Analyzer Asking)[] languages =
    [
        ("ar", new PassageAnalyzer(arabic: true, asking: false), new PassageAnalyzer(arabic: true, asking: true)),
        ("en", new PassageAnalyzer(arabic: false, asking: false), new PassageAnalyzer(arabic: false, asking: true)),
    ];

    readonly RAMDirectory memory = new();
    readonly DirectoryReader reader;
    readonly IndexSearcher searcher;
    readonly Passage[] passages;

    public PassageIndex(IEnumerable<Passage> passages)
    {
        this.passages = [.. passages];
        var byField = new PerFieldAnalyzerWrapper(languages[^1].Analyzer,
            languages.ToDictionary(language => language.Field, language => language.Analyzer));
        using (var writer = new IndexWriter(memory, new IndexWriterConfig(Version, byField) { Similarity = new BM25Similarity() }))
            for (var place = 0; place < this.passages.Length; place++) writer.AddDocument(Row(place));
        reader = DirectoryReader.Open(memory);
        searcher = new IndexSearcher(reader) { Similarity = new BM25Similarity() };
    }

    /// <summary>Indexes every .txt and .md file (UTF-8) below a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">A file is not UTF-8.</exception>
    public static PassageIndex FromFolder(string folder) => new(DocumentFolder.Read(folder));

    public int Count => passages.Length;

    /// <summary>The best passages for a question in either language, best first; fewer if no more share a word with it.</summary>
    public IReadOnlyList<FoundPassage> Search(string question, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        // Invisible marks do not count towards the limit, but a question of a million of them is empty.
        question = Cut(Spelled(Cut(question, 4 * MostQueryLetters)), MostQueryLetters);
        var query = new BooleanQuery();
        foreach (var (field, analyzer, asking) in languages)
            if (!PassageQuery.Add(query, field, asking, question)) PassageQuery.Add(query, field, analyzer, question); // only stop words
        return [.. searcher.Search(query, count).ScoreDocs.Select(hit => new FoundPassage(Of(hit.Doc), hit.Score))];
    }

    public void Dispose()
    {
        reader.Dispose();
        memory.Dispose();
    }

    Passage Of(int document) => passages[(int)reader.Document(document).GetField("place").GetInt32Value()!];

    Document Row(int place)
    {
        var row = new Document { new StoredField("place", place) };
        var text = Spelled($"{passages[place].Title}\n{passages[place].Text}");
        foreach (var (field, _, _) in languages)
            if (WrittenIn(passages[place].Text, field)) row.Add(new TextField(field, text, Field.Store.NO));
        return row;
    }

    static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    // A Persian word with a joiner is one word or two, depending on the writer: both can be found.
    static string Spelled(string text)
    {
        var parts = JoinedWord().Matches(text).Select(match => match.Value.Replace('\u200C', ' '));
        return FoldedText.ForSearch(string.Join('\n', parts.Prepend(text)));
    }

    [GeneratedRegex(@"[\u0621-\u06FF]+(?:\u200C+[\u0621-\u06FF]+)+")]
    private static partial Regex JoinedWord();

    // A passage belongs to the script of most of its letters; if both scripts have a sixth or more, it is found by both.
    static bool WrittenIn(string text, string field)
    {
        var letters = LetterCount.Of(text);
        var own = field == "ar" ? letters.Arabic : letters.All - letters.Arabic;
        return own * 2 > letters.All || own * 6 >= letters.All;
    }
}
