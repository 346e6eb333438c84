// A whole chat reply. Collects what the engine generates; knows no streaming.
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Majlis.Inference;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Runs;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Citations;

namespace Majlis.Server.Chat;

static class ChatWhole
{
    public static async Task<ChatReply> ReplyAsync(ChatRun run, OutputWishes wishes, IdSource ids,
        IAsyncEnumerable<(int Choice, GeneratedPiece Piece)> pieces)
    {
        var answers = run.Choices.Select(_ => new Answer()).ToArray();
        var usage = new UsageCount(run);
        ImmutableArray<ScoredToken> scores = [];
        await foreach (var (choice, piece) in pieces)
        {
            answers[choice].Add(piece);
            usage.Add(choice, piece);
            if (!piece.Prompt.IsEmpty) scores = piece.Prompt;
        }
        var best = answers.Length == wishes.Choices ? Enumerable.Range(0, answers.Length)
            : BestOf.Order([.. answers.Select(answer => answer.Mean)]).Take(wishes.Choices);
        return new ChatReply(run.Id, "chat.completion", run.Created, run.Version, run.WeightsHash, "default",
            [.. best.Select((of, index) => answers[of].ToChoice(index, run, wishes, ids))], usage.Usage)
        {
            PromptTokenIds = wishes.TokenIds ? run.Prompt : null,
            PromptLogprobs = wishes.PromptLogProbabilities is null ? null : LogProbsWriter.OfPrompt(scores, run.Tokenizer),
        };
    }

    sealed class Answer
    {
        readonly StringBuilder text = new(), thought = new();
        readonly List<GeneratedToken> shown = [];
        readonly List<int> tokens = [];
        readonly List<float> logProbabilities = [];
        readonly List<Citation> citations = [];
        readonly List<CallPiece> calls = [];
        FinishReason? finish;

        /// <summary>The mean log-probability of its tokens.</summary>
        public double Mean => BestOf.Mean(CollectionsMarshal.AsSpan(logProbabilities));

        public void Add(GeneratedPiece piece)
        {
            shown.AddRange(piece.Shown);
            tokens.AddRange(piece.Tokens.Select(token => token.Id));
            logProbabilities.AddRange(piece.Tokens.Select(token => token.LogProbability));
            text.Append(piece.Text);
            thought.Append(piece.Reasoning);
            citations.AddRange(piece.Citations);
            calls.AddRange(piece.Calls);
            finish = piece.Finish ?? finish;
        }

        public ChatChoice ToChoice(int index, ChatRun run, OutputWishes wishes, IdSource ids) =>
            new(index, Message(run, ids), FinishWord.Of(finish!.Value))
            {
                Logprobs = wishes.LogProbabilities ? LogProbsWriter.Of(shown, run.Tokenizer) : null,
                TokenIds = wishes.TokenIds ? tokens : null,
            };

        ChatMessage Message(ChatRun run, IdSource ids)
        {
            var cited = run.Sources?.Cite(citations);
            return new("assistant", calls.Count > 0 && text.Length == 0 ? null : text.ToString())
            {
                Reasoning = thought.Length == 0 ? null : thought.ToString(),
                Annotations = CitedSources.Annotate(cited ?? []),
                Citations = cited,
                ToolCalls = CallWriter.Join(calls, ids),
            };
        }
    }
}
