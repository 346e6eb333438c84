// The rewards of a request's answers: the model of --reward-model reads conversation and answer as its own template words them. Knows no
// sampling and no HTTP.
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Server.Models;
using Majlis.Server.Wire;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;

namespace Majlis.Server.Chat;

sealed class AnswerRewards(EncoderModels encoders, TimeProvider time)
{
    const string Field = "best_of_n";

    /// <summary>
    /// False, with the reason in <paramref name="problem"/>, where answers are to be ranked and the reward model cannot read the
    /// conversation with the longest of them.
    /// </summary>
    public bool Takes(ChatRequest request, Problem problem)
    {
        if (!Ranks(request)) return true;
        var model = encoders.Reward!.Model;
        try
        {
            var prompt = Tokens(model, request, "").Length;
            var answer = request.MaxTokens ?? 0;
            if (prompt + answer > model.Config.MaxTokens)
                problem.Add(ApiError.InvalidValue(Field, $"Invalid '{Field}': '{model.Name}', which ranks answers, reads up to "
                    + $"{model.Config.MaxTokens} tokens; the conversation has {prompt}, and 'max_tokens' adds {answer}."));
        }
        catch (JinjaException refused)
        {
            problem.Add(ApiError.InvalidValue("messages",
                $"'{model.Name}', which ranks answers, cannot read these messages: {refused.Message}"));
        }
        return problem.First is null;
    }

    /// <summary>A reward for each answer; null where none is chosen among them, or no model gives rewards.</summary>
    /// <exception cref="RequestRefusedException">An answer is too long for the model, or has no finite reward.</exception>
    public async Task<double[]?> OfAsync(ChatRequest request, IReadOnlyList<string> answers, CancellationToken stop)
    {
        if (!Ranks(request)) return null;
        var model = encoders.Reward!.Model;
        int[][] texts = [.. answers.Select(answer => Tokens(model, request, answer))];
        if (texts.Max(text => text.Length) is var longest && longest > model.Config.MaxTokens)
            throw Refused($"'{model.Name}' reads up to {model.Config.MaxTokens} tokens; an answer and its conversation have {longest}. "
                + "A smaller 'max_tokens' helps.");
        var rewards = await encoders.Reward.EncodeAsync(texts, request.Priority, cancellation: stop);
        return Array.Exists(rewards, reward => !float.IsFinite(reward[0]))
            ? throw Refused($"'{model.Name}' gave an answer no finite reward.")
            : Array.ConvertAll(rewards, reward => (double)reward[0]);
    }

    bool Ranks(ChatRequest request) => encoders.Reward is not null && request.BestOf > request.Output.Choices;

    static RequestRefusedException Refused(string message) => new(new(Field, message));

    int[] Tokens(SentenceModel model, ChatRequest request, string answer)
    {
        JsonNode said = new JsonObject { ["role"] = "assistant", ["content"] = answer };
        return ChatPrompt.Encode(model.Template!, model.Tokenizer!, new Conversation(
            [.. request.Messages.Select(message => message?.DeepClone()), said])
        {
            Documents = request.Documents is { Count: > 0 } given ? given : null,
            Now = time.GetLocalNow(),
        });
    }
}
