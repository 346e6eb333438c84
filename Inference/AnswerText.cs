// From a sequence's tokens to what its reader gets: the text without citation marks, up to a stop string, and without tool calls, with the
// tokens, citations and calls that are part of it. Each passes on only what later tokens cannot change. Knows neither the engine nor the
// network.
using System.Collections.Immutable;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Citations;
using Majlis.Text.Tokenizers;

namespace Majlis.Inference;

sealed class AnswerText(LoadedModel model, GenerationRequest request)
{
    readonly TokenStream decoder = Decoder(model, request);
    readonly CitationStream? marks = request.ReadsCitations ? new() : null;
    readonly TextStream stops = new(request.Stop, request.IncludeStop);
    readonly ToolCallStream? calls = request.Tools is { } tools ? new(tools, Hidden(tools, model, request)) : null;
    // Tokens that were not given out so far, each with the range of its text as decoded, in UTF-16 units.
    readonly Queue<(GeneratedToken Token, long Start, long End)> withheld = [];
    // Text as decoded; of it, text without marks; of that, text up to a stop string.
    long decoded, written, given;
    // Text without calls, in code points.
    int points;
    int cited;

    /// <summary>The text has ended before its tokens did: by a stop string, or with the only call that is wanted.</summary>
    public bool IsOver => stops.Stop is not null || calls is { IsOver: true };

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
        if (marks is not null) piece = marks.Push(piece) + (isLast ? marks.Flush() : "");
        written += piece.Length;
        var shown = mayStop ? stops.Push(piece) : piece;
        if (isLast) shown += stops.Flush();
        given += shown.Length;
        if (calls is not null) shown = calls.Push(shown) + (isLast || stops.Stop is not null ? calls.Flush() : "");
        points += shown.Count(unit => !char.IsLowSurrogate(unit));
        return shown;
    }

    /// <summary>
    /// The tokens that are no longer withheld: all of them when no text is held back, else those whose text has started to be given out.
    /// Tokens that spell nothing but marks never come.
    /// </summary>
    public ImmutableArray<GeneratedToken> Released()
    {
        var released = ImmutableArray.CreateBuilder<GeneratedToken>();
        while (withheld.TryPeek(out var next))
        {
            var isDecided = marks is null || next.End <= marks.Decided;
            var isMark = isDecided && next.End > next.Start && Length(next.Start) == Length(next.End);
            if (!isMark && !(isDecided && given == written) && !IsBegun(next.Start)) break;
            withheld.Dequeue();
            if (!isMark) released.Add(next.Token);
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

    static ImmutableArray<string> Hidden(ToolReading tools, LoadedModel model, GenerationRequest request) => !request.SkipSpecialTokens ? []
        : [.. tools.Format.Marks.Where(mark => model.Tokenizer.TokenId(mark) is { } id && model.Tokenizer.IsSpecial(id))];

    static TokenStream Decoder(LoadedModel model, GenerationRequest request)
    {
        var stream = model.Tokenizer.Stream(request.SkipSpecialTokens, token =>
            (request.ReadsCitations && CitationStream.IsMarkToken(token)) || request.Tools?.Format.Marks.Contains(token) is true);
        if (request.ContinuesPrompt) stream.Continue(request.PromptTokens);
        return stream;
    }

    bool IsBegun(long start) => (marks is null || start <= marks.Decided) && Length(start) < given;

    long Length(long units) => marks?.TextLength(units) ?? units;
}
