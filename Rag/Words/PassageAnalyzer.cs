// From a text to its terms, for Arabic and for English. Texts are in FoldedText's spelling. Measured on XQuAD and ARCD: Arabic
// retrieval is better with stop words in the index but not in questions, English without them.
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.Ar;
using Lucene.Net.Analysis.En;
using Lucene.Net.Analysis.Miscellaneous;
using Lucene.Net.Analysis.Standard;
using Lucene.Net.Util;

namespace Majlis.Rag.Words;

/// <param name="arabic">Else English.</param>
/// <param name="asking">Whether the text is a question.</param>
sealed class PassageAnalyzer(bool arabic, bool asking) : Analyzer
{
    const LuceneVersion Version = LuceneVersion.LUCENE_48;

    // Node.js is also indexed as Node, js and Nodejs.
    const WordDelimiterFlags Parts = WordDelimiterFlags.GENERATE_WORD_PARTS | WordDelimiterFlags.CATENATE_ALL
        | WordDelimiterFlags.PRESERVE_ORIGINAL | WordDelimiterFlags.STEM_ENGLISH_POSSESSIVE;

    protected override TokenStreamComponents CreateComponents(string fieldName, TextReader reader)
    {
        var source = new StandardTokenizer(Version, reader);
        var words = new StackedTermsFilter(new WordDelimiterFilter(Version, source, Parts, null), Cased);
        return new TokenStreamComponents(source, arabic
            ? new StackedTermsFilter(new ArabicNormalizationFilter(words), ArabicStems.Of)
            : new PorterStemFilter(new EnglishPossessiveFilter(Version, words)));
    }

    // IT is not "it": a stop word in capitals is a separate term.
    IEnumerable<string> Cased(string word)
    {
        var lower = word.ToLowerInvariant();
        if (!StopWords.Has(lower, arabic) || (arabic && !asking)) return [lower];
        return word.Length > 1 && word.All(char.IsUpper) ? [word] : [];
    }
}
