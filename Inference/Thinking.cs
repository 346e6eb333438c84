// How far one sequence has come with its thinking, by tokens: how many it has taken, and which tokens end it once its budget is spent.
// ReasoningStream reads the text. Knows no grammar and no sampling.
using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

/// <summary>Used by one thread.</summary>
sealed class Thinking
{
    // A character has at most four bytes, each of which may be a token.
    const int LongestCharacter = 4;

    readonly ReasoningStream stream;
    readonly ReasoningFormat format;
    readonly TextTokenizer tokenizer;
    readonly int budget;
    readonly Queue<int> owed = new();
    int undecided, taken;
    bool isCut;

    /// <param name="budget">The most tokens between the marks; null where there is no limit.</param>
    public Thinking(ReasoningStream stream, ReasoningFormat format, TextTokenizer tokenizer, int? budget)
    {
        (this.stream, this.format, this.tokenizer, this.budget) = (stream, format, tokenizer, budget ?? int.MaxValue);
        Phase = stream.Phase;
        Limit([]);
    }

    /// <summary>Where the sequence stands when its next token is drawn.</summary>
    public ReasoningPhase Phase { get; private set; }

    /// <summary>The token that must come next; null where any may.</summary>
    public int? Next => owed.TryPeek(out var token) ? token : null;

    /// <summary>The tokens that must come next, at most <paramref name="most"/>.</summary>
    public int[] Owed(int most) => [.. owed.Take(most)];

    /// <summary>Goes on after the stream has read the last token.</summary>
    /// <returns>How many tokens turn out to be thinking, its marks included.</returns>
    public int Advance(ReadOnlySpan<int> output)
    {
        owed.TryDequeue(out _);
        var (before, count) = (Phase, 0);
        Phase = stream.Phase;
        if (before == ReasoningPhase.Before)
        {
            undecided++;
            if (Phase != ReasoningPhase.Before && stream.IsOpened) count = undecided;
        }
        else if (before == ReasoningPhase.Thinking) (count, taken) = (1, taken + 1);
        Limit(output);
        return count;
    }

    /// <summary>The tokens of the opening mark, where they spell it and nothing else.</summary>
    public int[] Opening()
    {
        var tokens = tokenizer.Encode(format.Open, addSpecialTokens: false);
        return tokenizer.Decode(tokens, skipSpecialTokens: false).Trim() == format.Open ? tokens : [];
    }

    // A character that has begun is finished first.
    void Limit(ReadOnlySpan<int> output)
    {
        if (Phase != ReasoningPhase.Thinking || isCut || taken < budget) return;
        if (taken - budget < LongestCharacter - 1 && EndsInsideCharacter(output)) return;
        isCut = true;
        foreach (var token in tokenizer.Encode(format.End, addSpecialTokens: false)) owed.Enqueue(token);
    }

    bool EndsInsideCharacter(ReadOnlySpan<int> output)
    {
        var bytes = new List<byte>();
        foreach (var token in output[Math.Max(0, output.Length - LongestCharacter)..]) bytes.AddRange(tokenizer.TokenBytes(token));
        return bytes.Count > 0
            && Rune.DecodeLastFromUtf8(CollectionsMarshal.AsSpan(bytes), out _, out _) == OperationStatus.NeedMoreData;
    }
}
