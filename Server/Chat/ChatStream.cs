// A chat reply as chunks: first the role, then the thinking and the text as they are generated, after it what it cites and the tools it
// calls, a finish reason for each choice, and the usage if requested.
// Knows the shape of chunks; EventStream does framing and late failures.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Inference;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Replies;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

/// <param name="kept">Keeps the reply before the stream ends; null where it is not to be kept.</param>
sealed class ChatStream(ChatRun run, OutputWishes wishes, IdSource ids, ReplyKeeping? kept)
{
    // Chunks are padded to a multiple of this, so that their sizes reveal less of the text.
    const int ObfuscationBlock = 16;

    readonly UsageCount usage = new(run);

    // Of each choice, what was sent so far.
    readonly int[] cited = new int[run.Choices.Length], annotated = new int[run.Choices.Length];

    /// <summary>The data of every event but the closing one.</summary>
    public async IAsyncEnumerable<string> EventsAsync(IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var begun = false;
        await foreach (var (choice, piece) in pieces.WithCancellation(cancellation))
        {
            if (!begun)
                foreach (var index in Enumerable.Range(0, run.Choices.Length)) yield return Role(index);
            begun = true;
            usage.Add(choice, piece);
            var hasLogProbabilities = wishes.LogProbabilities && piece.Shown.Length > 0;
            if (piece.Text.Length > 0 || piece.Reasoning.Length > 0 || hasLogProbabilities || wishes.TokenIds)
                yield return Text(choice, piece);
            if (run.Sources?.Cite(piece.Citations) is { Count: > 0 } citations) yield return Cited(choice, citations);
            var calls = CallWriter.Deltas(piece.Calls, ids);
            kept?.Collector.Add(choice, piece, calls);
            foreach (var call in calls)
                yield return Chunk([new ChunkChoice(choice, new ChunkDelta { ToolCalls = [call] }, null)]);
            if (piece.Finish is { } finish) yield return Chunk([new ChunkChoice(choice, new ChunkDelta(), FinishWord.Of(finish))]);
        }
        if (kept is not null) await kept.KeepAsync();
        if (wishes.IncludeUsage) yield return Chunk([], usage.Usage);
    }

    string Role(int index) => Chunk([new ChunkChoice(index, new ChunkDelta("assistant", ""), null)],
        prompt: wishes.TokenIds && index == 0 ? run.Prompt : null);

    string Text(int index, GeneratedPiece piece) => Chunk([new ChunkChoice(index, Delta(piece), null)
    {
        Logprobs = wishes.LogProbabilities ? LogProbsWriter.Of(piece.Shown, run.Tokenizer) : null,
        TokenIds = wishes.TokenIds ? [.. piece.Tokens.Select(token => token.Id)] : null,
    }]);

    // A chunk that only shows thinking has no content, not an empty one.
    static ChunkDelta Delta(GeneratedPiece piece) => piece.Reasoning.Length == 0 ? new(Content: piece.Text)
        : new(Content: piece.Text.Length == 0 ? null : piece.Text) { Reasoning = piece.Reasoning };

    string Cited(int index, List<CitationReply> citations) => Chunk([new ChunkChoice(index, new ChunkDelta
    {
        Citations = [.. citations.Select(citation => citation with { Index = cited[index]++ })],
        Annotations = [.. CitedSources.Annotate(citations).Select(annotation => annotation with { Index = annotated[index]++ })],
    }, null)]);

    string Chunk(IReadOnlyList<ChunkChoice> choices, Usage? total = null, int[]? prompt = null)
    {
        var length = choices.Sum(choice => (choice.Delta.Content?.Length ?? 0) + 2 * (choice.Delta.Reasoning?.Length ?? 0)
            + (choice.Delta.ToolCalls?.Sum(call => call.Function.Arguments.Length) ?? 0));
        var chunk = new ChatChunk(run.Id, "chat.completion.chunk", run.Created, run.Version, run.WeightsHash, "default", choices)
        {
            PromptTokenIds = prompt,
            Obfuscation = wishes.Obfuscate ? ids.Text(ObfuscationBlock - length % ObfuscationBlock) : null,
        };
        return wishes.IncludeUsage
            ? JsonSerializer.Serialize(new ChatChunkWithUsage(chunk, total), WireJson.Wire.ChatChunkWithUsage)
            : JsonSerializer.Serialize(chunk, WireJson.Wire.ChatChunk);
    }
}
