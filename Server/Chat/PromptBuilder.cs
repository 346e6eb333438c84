// From messages and documents to prompt tokens, through the model's own template: documents in their place in it, or grounded in
// plain words where it has none.
using Majlis.Inference;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;

namespace Majlis.Server.Chat;

sealed class PromptBuilder(TimeProvider time)
{
    /// <summary>
    /// The prompt of a request for one model, or null with the reason in <paramref name="problem"/>. Of a prompt that is longer than the
    /// model's context the beginning comes, and more of it than the context holds.
    /// </summary>
    public int[]? Build(ChatRequest request, LoadedModel model, Problem problem)
    {
        if (model.ChatTemplate is not { } template)
        {
            problem.Add(ApiError.InvalidValue("messages",
                $"The model '{model.Version}' brings no chat template, so it takes no messages."));
            return null;
        }
        // No prompt of more characters fits, whatever the template makes of them.
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
            // Templates refuse what they cannot say, such as a strange order of roles, in their own words.
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
