// A whole reply to a completion request. Collects what the engine generates and picks the best of it; knows no streaming.
using System.Collections.Immutable;
using System.Text;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Runs;

namespace Majlis.Server.Completions;

static class CompletionWhole
{
    public static async Task<CompletionReplyWithUsage> ReplyAsync(CompletionRun run, CompletionRequest request,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces)
    {
        var answers = run.Choices.Select(_ => new Answer()).ToArray();
        var usage = new UsageCount(run);
        await foreach (var (choice, piece) in pieces)
        {
            answers[choice].Add(piece);
            usage.Add(choice, piece);
        }
        var choices = answers.Chunk(request.BestOf).SelectMany((candidates, prompt) =>
        {
            var part = new PromptPart(run, prompt, candidates[0].Scores, request);
            return Best(candidates, request)
                .Select((best, index) => Choice(prompt * request.Output.Choices + index, part, candidates[best], run, request));
        });
        return new(new CompletionReply(run.Id, "text_completion", run.Created, run.Version, run.WeightsHash, [.. choices]), usage.Usage);
    }

    static IEnumerable<int> Best(Answer[] candidates, CompletionRequest request) => candidates.Length == request.Output.Choices
        ? Enumerable.Range(0, candidates.Length)
        : BestOf.Order([.. candidates.Select(candidate => candidate.Mean)]).Take(request.Output.Choices);

    static CompletionChoice Choice(int index, PromptPart prompt, Answer answer, CompletionRun run, CompletionRequest request)
    {
        var output = request.Output;
        return new(index, prompt.Echo + answer.Text, LogProbs(), FinishWord.Of(answer.Finish))
        {
            PromptLogprobs = prompt.Scores,
            PromptTokenIds = output.TokenIds ? prompt.Tokens : null,
            TokenIds = output.TokenIds ? [.. answer.Tokens.Select(token => token.Id)] : null,
        };

        CompletionLogProbs? LogProbs() => !output.LogProbabilities ? null
            : new CompletionLogProbsWriter(run.Tokenizer, prompt.Tokens, prompt.Echo, output.SkipSpecialTokens)
                .Answer(answer.Tokens, prompt.Echoed);
    }

    sealed class Answer
    {
        readonly StringBuilder text = new();

        public List<GeneratedToken> Tokens { get; } = [];

        public ImmutableArray<ScoredToken> Scores { get; private set; } = [];

        public FinishReason Finish { get; private set; }

        public string Text => text.ToString();

        public double Mean => BestOf.Mean([.. Tokens.Select(token => token.LogProbability)]);

        public void Add(GeneratedPiece piece)
        {
            text.Append(piece.Text);
            Tokens.AddRange(piece.Tokens);
            if (!piece.Prompt.IsEmpty) Scores = piece.Prompt;
            Finish = piece.Finish ?? Finish;
        }
    }
}
