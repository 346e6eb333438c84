// Words that carry no meaning in a question: Lucene's lists, in FoldedText's spelling.
using Lucene.Net.Analysis.Ar;
using Lucene.Net.Analysis.Core;
using Majlis.Text.Normalization;

namespace Majlis.Rag.Words;

static class StopWords
{
    // على is left out: folded, it equals the name علي.
    static readonly HashSet<string> arabicWords =
        [.. ArabicAnalyzer.DefaultStopSet.Where(word => !word.EndsWith('ى')).Select(FoldedText.ForSearch)];
    static readonly HashSet<string> englishWords = [.. StopAnalyzer.ENGLISH_STOP_WORDS_SET];

    public static bool Has(string word, bool arabic) => (arabic ? arabicWords : englishWords).Contains(word);
}
