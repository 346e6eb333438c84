// Turns a checked request into a run: leases the weights, builds the prompt, checks its length. Knows neither HTTP nor the shape of
// replies.
using Majlis.Inference;
using Majlis.Inference.Grammars;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Runs;
using Majlis.Server.Wire;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Server.Chat;

sealed class ChatStarter(ModelLeases leases, PromptBuilder prompts, GrammarCache grammars, IdSource ids, TimeProvider time,
    ILogger<ChatStarter> log)
{
    /// <summary>A run ready to generate, or null with the reason in <paramref name="problem"/>.</summary>
    public ChatRun? Start(ChatRequest request, string idPrefix, Problem problem) =>
        leases.Lease(request.Model, problem, lease => Start(request, idPrefix, lease, problem));

    ChatRun? Start(ChatRequest request, string idPrefix, ModelLease lease, Problem problem)
    {
        var model = lease.Model;
        if (prompts.Build(request, model, problem) is not { } prompt) return null;
        var room = model.MaxContext - prompt.Tokens.Length;
        if (room < 1 || request.MaxTokens > room)
            problem.Add(ApiError.ContextLength(prompt.Tokens.Length, model.MaxContext, room < 1 ? null : request.MaxTokens));
        PromptScoreLimit.Check(PromptScoreLimit.Values(prompt.Tokens.Length, request.Output.PromptLogProbabilities), "prompt_logprobs",
            problem);
        var wish = Wish(request, prompt.Tools, problem);
        var grammar = Grammar(wish, problem);
        var seed = request.Sampling.Seed ?? ids.Seed();
        var sampling = SamplingMapper.Map(request.Sampling, model, seed, problem);
        if (problem.First is not null) return null;
        if (UnknownTokens.Describe(sampling, model.Network.Blueprint.VocabularySize) is { } unknown)
            log.UnknownTokens(model.Version, model.Network.Blueprint.VocabularySize - 1, unknown);
        return new ChatRun(ids.Next(idPrefix), time.GetUtcNow().ToUnixTimeSeconds(), request.Model, lease, prompt.Tokens,
            [.. Enumerable.Range(0, request.Output.Choices).Select(Choice)])
        {
            Documents = prompt.Citations.Documents,
        };

        // The first choice has the request's own seed, so that n = 1 and n = 2 start with the same answer.
        GenerationRequest Choice(int index) => new(prompt.Tokens, sampling with { Seed = unchecked(seed + index) },
            request.MaxTokens ?? room)
        {
            Stop = request.Stop,
            TopLogProbs = request.Output.LogProbabilities ? request.Output.TopLogProbabilities : 0,
            // One choice is enough to read the prompt.
            PromptLogProbs = index == 0 ? request.Output.PromptLogProbabilities : null,
            SkipSpecialTokens = request.Output.SkipSpecialTokens,
            // Taking marks out would change a text that keeps to a grammar.
            ReadsCitations = prompt.Citations.ReadsMarks && grammar is null,
            Grammar = grammar,
            GrammarField = wish?.Field ?? "",
            Reasoning = prompt.Reasoning,
            ThinkingBudget = request.ThinkingBudget,
            Tools = prompt.Tools,
            Priority = request.Priority,
            Client = request.Client,
            Deterministic = request.Deterministic,
            CacheSalt = request.CacheSalt,
        };
    }

    static GrammarWish? Wish(ChatRequest request, ToolReading? tools, Problem problem)
    {
        if (tools is not null && request.Grammar is { Field: var field })
            problem.Add(ApiError.InvalidValue(field,
                $"Invalid '{field}': with it no tool could be called; send no 'tools', or 'tool_choice' as 'none'."));
        return tools?.Forced is { } calls ? ForcedGrammar.Of(calls) : request.Grammar;
    }

    // Compiled here, so that no other answer waits for it in the engine.
    Grammar? Grammar(GrammarWish? wish, Problem problem)
    {
        if (wish is null || problem.First is not null) return null;
        try
        {
            return grammars.Get(wish.Source);
        }
        catch (GrammarException wrong)
        {
            problem.Add(ApiError.InvalidValue(wish.Field, $"Invalid '{wish.Field}': {wrong.Message}"));
            return null;
        }
    }
}
