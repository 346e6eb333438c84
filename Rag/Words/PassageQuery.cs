// From a question to Lucene's query: each word counts once, by its best-matching reading. Knows the fields' analyzers.
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Index;
using Lucene.Net.Search;

namespace Majlis.Rag.Words;

static class PassageQuery
{
    // How much a word's other readings add to the best one: measured on XQuAD and ARCD, see RetrievalQualityTests.
    const float OtherReadings = 0.3f;

    /// <summary>Adds the question's words in one field; false if there are none.</summary>
    public static bool Add(BooleanQuery query, string field, Analyzer analyzer, string question)
    {
        using var stream = analyzer.GetTokenStream(field, question);
        var term = stream.GetAttribute<ICharTermAttribute>();
        var position = stream.GetAttribute<IPositionIncrementAttribute>();
        var words = new BooleanQuery();
        DisjunctionMaxQuery? readings = null;
        stream.Reset();
        while (stream.IncrementToken())
        {
            if (readings is null || position.PositionIncrement > 0)
                words.Add(readings = new DisjunctionMaxQuery(OtherReadings), Occur.SHOULD);
            readings.Add(new TermQuery(new Term(field, term.ToString())));
        }
        stream.End();
        if (words.Clauses.Count == 0) return false;
        query.Add(words, Occur.SHOULD);
        return true;
    }
}
