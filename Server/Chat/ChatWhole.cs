// A whole chat reply. Collects what the engine generates; knows no streaming.
using System.Collections.Immutable;
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
        return new ChatReply(run.Id, "chat.completion", run.Created, run.Version, run.WeightsHash, "default",
            [.. answers.Select((answer, index) => answer.ToChoice(index, run, wishes, ids))], usage.Usage)
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
        readonly List<Citation> citations = [];
        readonly List<CallPiece> calls = [];
        FinishReason? finish;

        public void Add(GeneratedPiece piece)
        {
            shown.AddRange(piece.Shown);
            tokens.AddRange(piece.Tokens.Select(token => token.Id));
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
            var cited = run.Documents?.Cite(citations);
            return new("assistant", calls.Count > 0 && text.Length == 0 ? null : text.ToString())
            {
                Reasoning = thought.Length == 0 ? null : thought.ToString(),
                Annotations = CitedDocuments.Annotate(cited ?? []),
                Citations = cited,
                ToolCalls = CallWriter.Join(calls, ids),
            };
        }
    }
}
