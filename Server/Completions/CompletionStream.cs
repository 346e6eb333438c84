// A reply to a completion request as chunks: the echoed prompt before a choice's first text, the text as it is generated, a finish reason
// in each choice's last chunk, and the usage if requested. Knows the shape of chunks; EventStream does framing and late failures.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

sealed class CompletionStream(CompletionRun run, CompletionRequest request)
{
    readonly UsageCount usage = new(run);
    readonly CompletionLogProbsWriter?[] writers = new CompletionLogProbsWriter?[run.Choices.Length];
    readonly bool[] begun = new bool[run.Choices.Length];
    // The log-probabilities of each echoed prompt; its choices share them.
    readonly CompletionLogProbs?[] echoed = new CompletionLogProbs?[run.Prompts.Length];

    OutputWishes Output => request.Output;

    /// <summary>The data of every event but the closing one.</summary>
    public async IAsyncEnumerable<string> EventsAsync(IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (var (choice, piece) in ScoresFirst.OrderAsync(run, pieces, cancellation))
        {
            usage.Add(choice, piece);
            var part = Part(choice, piece);
            if (part is { Text: "", Logprobs: null, FinishReason: null, TokenIds: null }) continue;
            yield return Chunk([part]);
        }
        if (Output.IncludeUsage) yield return Chunk([], usage.Usage);
    }

    CompletionChoice Part(int choice, GeneratedPiece piece)
    {
        var (prompt, isFirst) = (run.PromptOf(choice), !begun[choice]);
        begun[choice] = true;
        var finish = piece.Finish is { } reason ? FinishWord.Of(reason) : null;
        return new(choice, (isFirst ? run.Echoes[prompt] : "") + piece.Text, LogProbs(choice, prompt, isFirst, piece), finish)
        {
            PromptTokenIds = Output.TokenIds && isFirst ? run.Prompts[prompt] : null,
            TokenIds = Output.TokenIds ? [.. piece.Tokens.Select(token => token.Id)] : null,
        };
    }

    CompletionLogProbs? LogProbs(int choice, int prompt, bool isFirst, GeneratedPiece piece)
    {
        if (!Output.LogProbabilities) return null;
        var writer = writers[choice] ??= new(run.Tokenizer, run.Prompts[prompt], run.Echoes[prompt], Output.SkipSpecialTokens);
        return writer.Answer(piece.Tokens, isFirst && request.Echo ? Echoed(prompt, piece) : null);
    }

    // The first piece of all brings the scores, as ScoresFirst orders them.
    CompletionLogProbs Echoed(int prompt, GeneratedPiece piece) => echoed[prompt] ??=
        CompletionLogProbsWriter.Prompt(run.Tokenizer, run.Prompts[prompt], piece.Prompt, run.Echoes[prompt]);

    string Chunk(IReadOnlyList<CompletionChoice> choices, Usage? total = null)
    {
        var chunk = new CompletionReply(run.Id, "text_completion", run.Created, run.Version, run.WeightsHash, choices);
        return Output.IncludeUsage
            ? JsonSerializer.Serialize(new CompletionReplyWithUsage(chunk, total), WireJson.Wire.CompletionReplyWithUsage)
            : JsonSerializer.Serialize(chunk, WireJson.Wire.CompletionReply);
    }
}
