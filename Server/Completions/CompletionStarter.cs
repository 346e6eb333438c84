// Turns a checked completion request into a run: leases the weights, makes tokens of the prompts, checks their lengths. No chat template
// takes part. Knows neither HTTP nor the shape of replies.
using System.Collections.Immutable;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Operations;
using Majlis.Server.Runs;
using Majlis.Server.Tokens;
using Majlis.Server.Wire;

namespace Majlis.Server.Completions;

sealed class CompletionStarter(ModelLeases leases, WishedGrammars wishes, IdSource ids, TimeProvider time, ILogger<CompletionStarter> log)
{
    const string Field = "prompt";

    /// <summary>A run ready to generate, or null with the reason in <paramref name="problem"/>.</summary>
    public CompletionRun? Start(CompletionRequest request, Problem problem) =>
        leases.Lease(request.Model, problem, lease => Start(request, lease, problem), ConversationKey.Of(request));

    CompletionRun? Start(CompletionRequest request, ModelLease lease, Problem problem)
    {
        var model = lease.Model;
        var prompts = ImmutableArray.CreateBuilder<int[]>(request.Prompts.Length);
        foreach (var (index, given) in request.Prompts.Index())
        {
            prompts.Add(Tokens(given, request.Prompts.Length == 1 ? Field : $"{Field}[{index}]", request, model, problem));
            if (problem.First is not null) return null;
        }
        CheckScores(request, prompts.Sum(tokens => (long)tokens.Length), problem);
        ScoreLimit.CheckAnswers(Tokens(request, model), request.BestOf * prompts.Count, request.Output, problem);
        var seed = request.Sampling.Seed ?? ids.Seed();
        var sampling = SamplingMapper.Map(request.Sampling, model, seed, problem);
        var grammar = wishes.Compile(request.Grammar, problem);
        if (problem.First is not null) return null;
        if (UnknownTokens.Describe(sampling, model.Network.Blueprint.VocabularySize) is { } unknown)
            log.UnknownTokens(model.Version, model.Network.Blueprint.VocabularySize - 1, unknown);
        return new CompletionRun(ids.Next("cmpl-"), time.GetUtcNow().ToUnixTimeSeconds(), request.Model, lease, prompts.ToImmutable(),
            [.. request.Prompts.Zip(prompts, (given, tokens) => Echo(given, tokens, request, model))],
            [.. prompts.SelectMany(tokens => Enumerable.Range(0, request.BestOf)
                .Select(index => Choice(tokens, index, sampling with { Seed = unchecked(seed + index) }, request, model)
                    with { Grammar = grammar }))]);
    }

    static int[] Tokens(GivenPrompt given, string name, CompletionRequest request, LoadedModel model, Problem problem)
    {
        var tokens = given.Text is null ? given.Tokens : !PromptSize.CanFit(given.Text.Length, model) ? null
            : request.AddSpecialTokens ? model.Tokenizer.EncodePrompt(given.Text, model.MaxContext)
            : model.Tokenizer.EncodeUpTo(given.Text, model.MaxContext);
        var room = model.MaxContext - (tokens?.Length ?? int.MaxValue);
        if (tokens is null || room < 1 || request.MaxTokens > room)
            problem.Add(ApiError.ContextLength(tokens?.Length ?? int.MaxValue, model.MaxContext,
                room < 1 ? null : request.MaxTokens, name));
        else if (tokens.Length == 0)
            problem.Add(ApiError.InvalidValue(name, $"Invalid '{name}': it has no tokens, and nothing is put before it."));
        TokenIdReader.CheckRange(tokens, name, model.Network.Blueprint.VocabularySize, problem);
        return tokens ?? [];
    }

    static void CheckScores(CompletionRequest request, long tokens, Problem problem)
    {
        var values = ScoreLimit.Values(tokens, request.Output.PromptLogProbabilities)
            + ScoreLimit.Values(tokens, request.EchoedRivals);
        ScoreLimit.CheckPrompts(values * request.Output.Choices,
            request.Output.PromptLogProbabilities is null ? "logprobs" : "prompt_logprobs", problem);
    }

    static string Echo(GivenPrompt given, int[] tokens, CompletionRequest request, LoadedModel model) =>
        !request.Echo ? "" : given.Text ?? model.Tokenizer.Decode(tokens, skipSpecialTokens: false);

    static int Tokens(CompletionRequest request, LoadedModel model) =>
        Math.Min(request.MaxTokens ?? CompletionRequest.UsualTokens, model.MaxContext);

    // Choices of one index have one seed, so a prompt is continued alike whatever stands beside it in the request.
    static GenerationRequest Choice(int[] tokens, int index, SamplingOptions sampling, CompletionRequest request, LoadedModel model) =>
        new(tokens, sampling, Math.Min(Tokens(request, model), model.MaxContext - tokens.Length))
        {
            ContinuesPrompt = true,
            Stop = request.Stop,
            IncludeStop = request.Output.IncludeStop,
            TopLogProbs = request.Output.LogProbabilities ? request.Output.TopLogProbabilities : 0,
            GrammarField = request.Grammar?.Field ?? "",
            PromptLogProbs = ScoredRivals(index, request),
            SkipSpecialTokens = request.Output.SkipSpecialTokens,
            Priority = request.Priority,
            Client = request.Client,
            Deterministic = request.Deterministic,
            CacheSalt = request.CacheSalt,
        };

    // One choice of each prompt is enough to read it.
    static int? ScoredRivals(int index, CompletionRequest request) => index > 0 ? null
        : request.Output.PromptLogProbabilities is { } asked ? Math.Max(asked, request.EchoedRivals ?? 0) : request.EchoedRivals;
}
