// Builds prompt tokens from messages and documents with the model's own template. Documents go to their place in the template, or into the
// last question where the template has none.
using Majlis.Inference;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;

namespace Majlis.Server.Chat;

sealed class PromptBuilder(TimeProvider time)
{
    /// <summary>
    /// The prompt of a request for one model, or null with the reason in <paramref name="problem"/>. A prompt longer than the model's
    /// context is returned cut, at more tokens than the context holds.
    /// </summary>
    public int[]? Build(ChatRequest request, LoadedModel model, Problem problem)
    {
        if (model.ChatTemplate is not { } template)
        {
            problem.Add(ApiError.InvalidValue("messages",
                $"The model '{model.Version}' brings no chat template, so it takes no messages."));
            return null;
        }
        // No template can make more characters fit.
        if (PromptSize.Characters(request) > (long)model.MaxContext * model.Tokenizer.LongestToken)
        {
            problem.Add(ApiError.ContextLength(int.MaxValue, model.MaxContext, null));
            return null;
        }
        var conversation = Conversation(request, template, problem);
        if (problem.First is not null) return null;
        try
        {
            return ChatPrompt.EncodeUpTo(template, model.Tokenizer, conversation, model.MaxContext);
        }
        catch (JinjaException refused)
        {
            // Templates raise their own errors, such as for a wrong order of roles.
            problem.Add(ApiError.InvalidValue("messages", refused.Message));
            return null;
        }
    }

    Conversation Conversation(ChatRequest request, ChatTemplate template, Problem problem)
    {
        var documents = request.Documents is { Count: > 0 } given ? given : null;
        var plain = documents is not null && !template.TakesDocuments;
        return new Conversation(plain ? Grounding.Ground(request.Messages, documents!, problem) : request.Messages)
        {
            Documents = plain ? null : documents,
            Kwargs = request.TemplateArguments,
            AddGenerationPrompt = request.AddGenerationPrompt,
            ContinueFinalMessage = request.ContinueFinalMessage,
            Now = time.GetLocalNow(),
        };
    }
}
