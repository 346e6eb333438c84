// Puts several terms at the position of each word: one word, many readings. Knows no language.
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.TokenAttributes;
using Lucene.Net.Util;

namespace Majlis.Rag.Words;

/// <summary>Replaces each term by <paramref name="readings"/> of it, all at its position; drops a term without readings.</summary>
sealed class StackedTermsFilter : TokenFilter
{
    readonly Func<string, IEnumerable<string>> readings;
    readonly ICharTermAttribute term;
    readonly IPositionIncrementAttribute position;
    readonly Queue<string> pending = new();
    State? word;

    public StackedTermsFilter(TokenStream input, Func<string, IEnumerable<string>> readings) : base(input)
    {
        this.readings = readings;
        term = AddAttribute<ICharTermAttribute>();
        position = AddAttribute<IPositionIncrementAttribute>();
    }

    public override bool IncrementToken()
    {
        if (pending.Count == 0) return NextWord();
        RestoreState(word);
        position.PositionIncrement = 0;
        term.SetEmpty().Append(pending.Dequeue());
        return true;
    }

    bool NextWord()
    {
        var passed = 0;
        while (m_input.IncrementToken())
        {
            foreach (var reading in readings(term.ToString())) pending.Enqueue(reading);
            if (pending.Count == 0)
            {
                passed += position.PositionIncrement;
                continue;
            }
            position.PositionIncrement += passed;
            word = CaptureState();
            term.SetEmpty().Append(pending.Dequeue());
            return true;
        }
        return false;
    }

    public override void Reset()
    {
        base.Reset();
        pending.Clear();
    }
}
