// Words that say nothing in a question: Lucene's lists, in the spelling of FoldedText.
using Lucene.Net.Analysis.Ar;
using Lucene.Net.Analysis.Core;
using Majlis.Text.Normalization;

namespace Majlis.Rag.Words;

static class StopWords
{
    // على is left out: folded it is the name علي.
    static readonly HashSet<string> arabicWords =
        [.. ArabicAnalyzer.DefaultStopSet.Where(word => !word.EndsWith('ى')).Select(FoldedText.ForSearch)];
    static readonly HashSet<string> englishWords = [.. StopAnalyzer.ENGLISH_STOP_WORDS_SET];

    public static bool Has(string word, bool arabic) => (arabic ? arabicWords : englishWords).Contains(word);
}
