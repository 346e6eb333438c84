// Builds prompt tokens from messages, documents and tools with the model's own template. Documents go to their place in the template, or
// into the last question where the template has none.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Server.Chat.Reasoning;
using Majlis.Server.Chat.Tools;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Chat.Reasoning;
using Majlis.Text.Chat.ToolCalls;
using Majlis.Text.Jinja;

namespace Majlis.Server.Chat;

/// <param name="Tokens">The prompt, or more tokens than the model's context holds.</param>
/// <param name="Conversation">What the template made the prompt of.</param>
/// <param name="Tools">How the answers are read for calls; null where no tool is offered.</param>
/// <param name="Reasoning">How they are read for thinking; null where they begin behind it.</param>
sealed record BuiltPrompt(int[] Tokens, Conversation Conversation, CitationPlan Citations, ToolReading? Tools,
    ReasoningReading? Reasoning);

sealed class PromptBuilder(TimeProvider time, ServerOptions options)
{
    readonly ToolFormat? forced = ToolFormats.Named(options.ToolFormat);

    /// <summary>
    /// The prompt of a request for one model, or null with the reason in <paramref name="problem"/>. A prompt longer than the model's
    /// context is returned cut, at more tokens than the context holds.
    /// </summary>
    /// <param name="whole">A longer prompt is not cut.</param>
    public BuiltPrompt? Build(ChatRequest request, LoadedModel model, Problem problem, bool whole = false)
    {
        if (model.ChatTemplate is not { } template)
        {
            problem.Add(ApiError.InvalidValue("messages",
                $"The model '{model.Version}' brings no chat template, so it takes no messages."));
            return null;
        }
        if (!PromptSize.CanFit(PromptSize.Characters(request), model))
        {
            problem.Add(ApiError.ContextLength(int.MaxValue, model.MaxContext, null));
            return null;
        }
        var documents = request.Documents is { Count: > 0 } given ? given : null;
        var placed = template.TakesDocuments ? documents : null;
        var messages = documents is null || placed is not null ? request.Messages
            : Grounding.Ground(request.Messages, documents, problem);
        var plan = ToolPlan.For(request.Tools, template, forced, placed, problem);
        var variables = ReasoningPlan.Variables(request, template, problem);
        if (problem.First is not null) return null;
        var tools = plan?.Reading;
        if (plan is { IsTold: true }) messages = PromptedTools.Tell(messages, request.Tools!.Tools, tools!.Format);
        var citations = CitationPlan.For(request, template, placed, plan is { IsTold: true });
        var conversation = new Conversation(messages)
        {
            Tools = plan is { IsTold: false } ? request.Tools!.Tools : null,
            Documents = placed,
            Citations = citations.Asks,
            Kwargs = variables,
            AddGenerationPrompt = request.AddGenerationPrompt,
            ContinueFinalMessage = request.ContinueFinalMessage,
            Now = time.GetLocalNow(),
        };
        try
        {
            var most = whole ? int.MaxValue : model.MaxContext;
            var tokens = ChatPrompt.EncodeUpTo(template, model.Tokenizer, conversation, most);
            var reasoning = ReasoningPlan.Reading(request, template, model.Tokenizer, tokens);
            if (tools?.Forced is not { } forced) return new(tokens, conversation, citations, tools, reasoning);
            // What must be a call is one from its first token on.
            var opening = reasoning is { IsOpen: true } ? reasoning.Format.End + reasoning.Format.Gap + forced.Opening : forced.Opening;
            return new([.. tokens, .. model.Tokenizer.Encode(opening, addSpecialTokens: false)], conversation, citations, tools,
                Reasoning: null);
        }
        catch (JinjaException refused)
        {
            // Templates raise their own errors, such as for a wrong order of roles.
            problem.Add(ApiError.InvalidValue("messages", refused.Message));
            return null;
        }
    }
}
