// Turns a checked request into a run: leases the weights, builds the prompt, checks its length. Knows neither HTTP nor the shape of
// replies.
using Majlis.Inference;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Runs;
using Majlis.Server.Wire;

namespace Majlis.Server.Chat;

sealed class ChatStarter(ModelLeases leases, PromptBuilder prompts, WishedGrammars wishes, IdSource ids, TimeProvider time,
    ILogger<ChatStarter> log)
{
    /// <summary>A run ready to generate, or null with the reason in <paramref name="problem"/>.</summary>
    public ChatRun? Start(ChatRequest request, string idPrefix, Problem problem) =>
        leases.Lease(request.Model, problem, lease => Start(request, idPrefix, lease, problem), ConversationKey.Of(request));

    ChatRun? Start(ChatRequest request, string idPrefix, ModelLease lease, Problem problem)
    {
        var model = lease.Model;
        if (prompts.Build(request, model, problem) is not { } prompt) return null;
        var room = model.MaxContext - prompt.Tokens.Length;
        if (room < 1 || request.MaxTokens > room)
            problem.Add(ApiError.ContextLength(prompt.Tokens.Length, model.MaxContext, room < 1 ? null : request.MaxTokens));
        ScoreLimit.CheckAnswers(request.MaxTokens ?? room, request.Answers, request.Output, problem);
        ScoreLimit.CheckPrompts(ScoreLimit.Values(prompt.Tokens.Length, request.Output.PromptLogProbabilities), "prompt_logprobs",
            problem);
        var wish = AnswerWish.Of(request.Grammar, prompt.Tools);
        var grammar = wishes.Compile(wish, problem);
        var seed = request.Sampling.Seed ?? ids.Seed();
        var sampling = SamplingMapper.Map(request.Sampling, model, seed, problem);
        if (problem.First is not null) return null;
        if (UnknownTokens.Describe(sampling, model.Network.Blueprint.VocabularySize) is { } unknown)
            log.UnknownTokens(model.Version, model.Network.Blueprint.VocabularySize - 1, unknown);
        return new ChatRun(ids.Next(idPrefix), time.GetUtcNow().ToUnixTimeSeconds(), request.Model, lease, prompt.Tokens,
            [.. Enumerable.Range(0, request.Answers).Select(Choice)])
        {
            Conversation = prompt.Conversation,
            Sources = prompt.Citations.Sources,
        };

        // The first choice has the request's own seed, so that n = 1 and n = 2 start with the same answer.
        GenerationRequest Choice(int index) => new(prompt.Tokens, sampling with { Seed = unchecked(seed + index) },
            request.MaxTokens ?? room)
        {
            Stop = request.Stop,
            IncludeStop = request.Output.IncludeStop,
            TopLogProbs = request.Output.LogProbabilities ? request.Output.TopLogProbabilities : 0,
            // One choice is enough to read the prompt.
            PromptLogProbs = index == 0 ? request.Output.PromptLogProbabilities : null,
            SkipSpecialTokens = request.Output.SkipSpecialTokens,
            // Taking marks out would change a text that keeps to a grammar.
            ReadsCitations = prompt.Citations.ReadsMarks && (wish is null || wish.HoldsOnlyCalls),
            Grammar = grammar,
            GrammarField = wish?.Field ?? "",
            HoldsOnlyCalls = wish is { HoldsOnlyCalls: true },
            Reasoning = prompt.Reasoning,
            ThinkingBudget = request.ThinkingBudget,
            Tools = prompt.Tools,
            Priority = request.Priority,
            Client = request.Client,
            Deterministic = request.Deterministic,
            CacheSalt = request.CacheSalt,
        };
    }
}
