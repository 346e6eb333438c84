// From a sequence's tokens to what its reader gets: the thinking, and the answer without citation marks, up to a stop string, and without
// tool calls, with the tokens, citations and calls that are part of it. Each passes on only what later tokens cannot change. Knows neither
// the engine nor the network.
using System.Collections.Immutable;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Citations;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

sealed class AnswerText
{
    readonly TokenStream decoder;
    readonly CitationStream? marks, thoughtMarks;
    readonly TextStream stops;
    readonly ToolCallStream? calls;
    // Tokens that were not given out so far, each with the range of its text as decoded, in UTF-16 units.
    readonly Queue<(GeneratedToken Token, long Start, long End)> withheld = [];
    // Text as decoded; of it, the answer's text without marks; of that, text up to a stop string.
    long decoded, written, given;
    // Text without calls, in code points.
    int points;
    int cited;

    public AnswerText(LoadedModel model, GenerationRequest request)
    {
        var hidden = Hidden(model, request);
        // A text that keeps to a grammar is not changed.
        var isExact = request is { Grammar: not null, HoldsOnlyCalls: false };
        if (request.Reasoning is { } reading) Thoughts = new(reading, isExact, Ending(request, hidden));
        if (request.ReadsCitations) (marks, thoughtMarks) = (new(), new());
        stops = new(request.Stop, request.IncludeStop);
        if (request.Tools is { } tools) calls = new(tools, hidden);
        decoder = Decoder(model, request);
    }

    /// <summary>What parts the thinking from the answer; null where there is only an answer.</summary>
    public ReasoningStream? Thoughts { get; }

    /// <summary>What the last token made certain of the thinking.</summary>
    public string Thought { get; private set; } = "";

    /// <summary>The stop string that ended the text, or null.</summary>
    public string? StopString => stops.Stop;

    /// <summary>The text has ended before its tokens did: by a stop string, or with the only call that is wanted.</summary>
    public bool IsOver => StopString is not null || calls is { IsOver: true };

    /// <summary>Why it ends where its tokens are below their limit: with whole calls, inside of one, or with all that is said.</summary>
    public FinishReason Finish => calls switch
    {
        { Calls: true } => FinishReason.ToolCalls,
        { IsCut: true } => FinishReason.Length,
        _ => FinishReason.Stop,
    };

    /// <summary>Adds a token and returns the text that may be shown.</summary>
    /// <param name="ends">The token ends the sequence and adds no text.</param>
    /// <param name="isLast">No other token follows.</param>
    /// <param name="mayStop">Stop strings are searched for.</param>
    public string Push(GeneratedToken token, bool ends, bool isLast, bool mayStop)
    {
        var piece = ends ? "" : decoder.Push(token.Id);
        if (isLast) piece += decoder.Flush();
        if (!ends) withheld.Enqueue((token, decoded, decoded + piece.Length));
        decoded += piece.Length;
        if (Thoughts is not null) piece = Part(Thoughts, piece, isLast);
        if (marks is not null) piece = marks.Push(piece) + (isLast ? marks.Flush() : "");
        written += piece.Length;
        var shown = mayStop ? stops.Push(piece) : piece;
        if (isLast) shown += stops.Flush();
        given += shown.Length;
        if (calls is not null) shown = calls.Push(shown) + (isLast || StopString is not null ? calls.Flush() : "");
        points += shown.Count(unit => !char.IsLowSurrogate(unit));
        return shown;
    }

    /// <summary>
    /// The tokens that are no longer withheld: all of them when no text is held back, else those whose text has started to be given out.
    /// Tokens that spell nothing but thinking or marks never come.
    /// </summary>
    public ImmutableArray<GeneratedToken> Released()
    {
        if (Thoughts is { Cut: null })
        {
            if (Thoughts.Phase == ReasoningPhase.Thinking) withheld.Clear();
            return [];
        }
        var cut = Thoughts?.Cut ?? 0;
        var released = ImmutableArray.CreateBuilder<GeneratedToken>();
        while (withheld.TryPeek(out var next))
        {
            var (start, end) = (Math.Max(0, next.Start - cut), next.End - cut);
            var isThought = next.Start < cut && end <= 0;
            var isDecided = marks is null || end <= marks.Decided;
            var isMark = isDecided && end > start && Length(start) == Length(end);
            if (!isThought && !isMark && !(isDecided && given == written) && !IsBegun(start)) break;
            withheld.Dequeue();
            if (!isThought && !isMark) released.Add(next.Token);
        }
        return released.DrainToImmutable();
    }

    /// <summary>The citations whose whole span was given out, each once.</summary>
    public ImmutableArray<Citation> Cited()
    {
        var first = cited;
        while (marks is not null && cited < marks.Citations.Count && marks.Citations[cited].End <= points) cited++;
        return marks is null ? [] : [.. marks.Citations.Skip(first).Take(cited - first)];
    }

    /// <summary>What became certain of calls since this was last called.</summary>
    public ImmutableArray<CallPiece> Called() => calls?.Pieces() ?? [];

    string Part(ReasoningStream thoughts, string piece, bool isLast)
    {
        var answer = thoughts.Push(piece) + (isLast ? thoughts.Flush() : "");
        Thought = thoughts.Thought();
        if (thoughtMarks is not null) Thought = thoughtMarks.Push(Thought) + (isLast ? thoughtMarks.Flush() : "");
        return answer;
    }

    // Marks of calls that nobody but the reader of calls may see.
    static ImmutableArray<string> Hidden(LoadedModel model, GenerationRequest request) =>
        request.Tools is not { } tools || !request.SkipSpecialTokens ? []
        : [.. tools.Format.Marks.Where(mark => model.Tokenizer.TokenId(mark) is { } id && model.Tokenizer.IsSpecial(id))];

    // Calls whose marks are special tokens, or begin with some, end the thinking.
    static ImmutableArray<string> Ending(GenerationRequest request, ImmutableArray<string> hidden) => request.Tools is not { } tools ? []
        : [.. tools.Format.OpeningMarks.Where(mark => hidden.Any(special => mark.Contains(special, StringComparison.Ordinal)))];

    TokenStream Decoder(LoadedModel model, GenerationRequest request)
    {
        var stream = model.Tokenizer.Stream(request.SkipSpecialTokens, token => Thoughts?.Awaits(token) is true
            || (request.ReadsCitations && CitationStream.IsMarkToken(token)) || request.Tools?.Format.Marks.Contains(token) is true);
        if (request.ContinuesPrompt) stream.Continue(request.PromptTokens);
        return stream;
    }

    bool IsBegun(long start) => (marks is null || start <= marks.Decided) && Length(start) < given;

    long Length(long units) => marks?.TextLength(units) ?? units;
}
