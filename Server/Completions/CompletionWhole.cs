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
        var choices = answers.Chunk(request.BestOf).SelectMany((candidates, prompt) => Best(candidates, request)
            .Select((best, index) => Choice(prompt, index, candidates[best], candidates[0].Scores, run, request)));
        return new(new CompletionReply(run.Id, "text_completion", run.Created, run.Version, run.WeightsHash, [.. choices]), usage.Usage);
    }

    static IEnumerable<int> Best(Answer[] candidates, CompletionRequest request) => candidates.Length == request.Output.Choices
        ? Enumerable.Range(0, candidates.Length)
        : BestOf.Order([.. candidates.Select(candidate => candidate.Mean)]).Take(request.Output.Choices);

    static CompletionChoice Choice(int prompt, int index, Answer answer, ImmutableArray<ScoredToken> scores, CompletionRun run,
        CompletionRequest request)
    {
        var (tokens, output) = (run.Prompts[prompt], request.Output);
        return new(prompt * output.Choices + index, run.Echoes[prompt] + answer.Text, LogProbs(), FinishWord.Of(answer.Finish))
        {
            PromptLogprobs = output.PromptLogProbabilities is { } rivals
                ? LogProbsWriter.OfPrompt(scores.Select(token => token.Among(rivals)), run.Tokenizer) : null,
            PromptTokenIds = output.TokenIds ? tokens : null,
            TokenIds = output.TokenIds ? [.. answer.Tokens.Select(token => token.Id)] : null,
        };

        CompletionLogProbs? LogProbs()
        {
            if (!output.LogProbabilities) return null;
            var writer = new CompletionLogProbsWriter(run.Tokenizer, tokens, output.SkipSpecialTokens);
            return writer.Answer(answer.Tokens, request.Echo
                ? writer.Prompt([.. scores.Select(token => token.Among(output.TopLogProbabilities))], run.Echoes[prompt]) : null);
        }
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
