// Collects what the engine generates into a whole chat reply. Knows no streaming.
using System.Collections.Immutable;
using System.Text;
using Majlis.Feedback.Votes;
using Majlis.Inference;
using Majlis.Server.Arena;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Runs;
using Majlis.Text.Citations;

namespace Majlis.Server.Chat;

sealed class ChatCollector(ChatRun run, OutputWishes wishes)
{
    readonly Answer[] answers = [.. run.Choices.Select(_ => new Answer())];
    readonly UsageCount usage = new(run);
    IReadOnlyList<double>? rewards;
    ImmutableArray<ScoredToken> scores = [];

    /// <param name="calls">What the piece says of calls, as a client is told it.</param>
    public void Add(int choice, GeneratedPiece piece, IReadOnlyList<ToolCallDelta> calls)
    {
        answers[choice].Add(piece, calls);
        usage.Add(choice, piece);
        if (!piece.Prompt.IsEmpty) scores = piece.Prompt;
    }

    /// <summary>What the answers say, without thoughts.</summary>
    public IReadOnlyList<string> Texts => [.. answers.Select(answer => answer.Text)];

    /// <summary>Ranks the answers, one reward each; without, their mean log-probabilities do.</summary>
    public void Rank(IReadOnlyList<double> rewards) => this.rewards = rewards;

    // Of all answers, those that are returned, in their order.
    IEnumerable<int> Best => answers.Length == wishes.Choices ? Enumerable.Range(0, answers.Length)
        : BestOf.Order(rewards ?? [.. answers.Select(answer => answer.Mean)]).Take(wishes.Choices);

    /// <summary>The reply, once every choice has ended.</summary>
    public ChatReply Reply() => new(run.Id, "chat.completion", run.Created, run.Version, run.WeightsHash, "default",
        [.. Best.Select((of, index) => answers[of].ToChoice(index, run, wishes))], usage.Usage)
    {
        PromptTokenIds = wishes.TokenIds ? run.Prompt : null,
        PromptLogprobs = wishes.PromptLogProbabilities is null ? null : LogProbsWriter.OfPrompt(scores, run.Tokenizer),
    };

    /// <summary>The first answer with its exact tokens, as a battle's side.</summary>
    public BattleSide Side() => answers[Best.First()].Side(run);

    sealed class Answer
    {
        readonly StringBuilder text = new(), thought = new();
        readonly List<GeneratedToken> shown = [];
        readonly List<GeneratedToken> tokens = [];
        readonly List<Citation> citations = [];
        readonly List<ToolCallDelta> calls = [];
        FinishReason? finish;

        public string Text => text.ToString();

        /// <summary>The mean log-probability of its tokens.</summary>
        public double Mean => BestOf.Mean([.. tokens.Select(token => token.LogProbability)]);

        public void Add(GeneratedPiece piece, IReadOnlyList<ToolCallDelta> deltas)
        {
            shown.AddRange(piece.Shown);
            tokens.AddRange(piece.Tokens);
            text.Append(piece.Text);
            thought.Append(piece.Reasoning);
            citations.AddRange(piece.Citations);
            calls.AddRange(deltas);
            finish = piece.Finish ?? finish;
        }

        public ChatChoice ToChoice(int index, ChatRun run, OutputWishes wishes) =>
            new(index, Message(run), FinishWord.Of(finish!.Value))
            {
                Logprobs = wishes.LogProbabilities ? LogProbsWriter.Of(shown, run.Tokenizer) : null,
                TokenIds = wishes.TokenIds ? [.. tokens.Select(token => token.Id)] : null,
            };

        public BattleSide Side(ChatRun run) => new(run.WeightsHash, run.Adapter, BattleAnswer.Sampling(run.Choices[0]), run.Prompt,
            [.. tokens.Select(token => token.Id)], [.. tokens.Select(token => token.LogProbability)], text.ToString(),
            FinishWord.Of(finish!.Value), LatencyMs: 0);

        ChatMessage Message(ChatRun run)
        {
            var cited = run.Sources?.Cite(citations);
            return new("assistant", calls.Count > 0 && text.Length == 0 ? null : text.ToString())
            {
                Reasoning = thought.Length == 0 ? null : thought.ToString(),
                Annotations = CitedSources.Annotate(cited ?? []),
                Citations = cited,
                ToolCalls = CallWriter.Join(calls),
            };
        }
    }
}
