// From a text or a conversation to the tokens that the model would read, and from tokens to text. Generates nothing; knows no HTTP.
using System.Text.Json;
using Majlis.Inference;
using Majlis.Server.Chat;
using Majlis.Server.Models;
using Majlis.Server.Wire;

namespace Majlis.Server.Tokens;

sealed class TokenRequests(ModelLeases leases, PromptBuilder prompts, PassageSource passages)
{
    /// <summary>
    /// The tokens of 'prompt', or of the prompt that a chat makes of 'messages': of any number, also more than the context holds.
    /// </summary>
    public TokenizeReply? Tokenize(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var model = fields.Text("model") ?? ModelNames.Current;
        var spelled = fields.Flag("return_token_strs") ?? false;
        if (!fields.Has("prompt") && !fields.Has("messages")) problem.Add(ApiError.MissingField("prompt"));
        if (fields.Has("prompt") && fields.Has("messages"))
            problem.Add(ApiError.InvalidValue("prompt", "'prompt' and 'messages' exclude each other."));
        if (problem.First is not null) return null;
        var encode = fields.Has("prompt") ? OfPrompt(fields, problem) : OfMessages(fields, model, problem);
        fields.Done();
        if (problem.First is not null) return null;
        return leases.Lease(model, problem, lease =>
        {
            using (lease) return encode(lease.Model) is { } tokens ? Reply(tokens, lease.Model, spelled) : null;
        });
    }

    /// <summary>The text of 'tokens', special ones included.</summary>
    public DetokenizeReply? Detokenize(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var model = fields.Text("model") ?? ModelNames.Current;
        if (!fields.Has("tokens")) problem.Add(ApiError.MissingField("tokens"));
        var tokens = fields.Of("tokens", JsonValueKind.Array, "an array of token ids") is { } given
            ? TokenIdReader.Read(given, "tokens", problem) : [];
        fields.Done();
        if (problem.First is not null) return null;
        return leases.Lease(model, problem, lease =>
        {
            using (lease)
            {
                TokenIdReader.CheckRange(tokens, "tokens", lease.Model.Network.Blueprint.VocabularySize, problem);
                return problem.First is null ? new DetokenizeReply(lease.Model.Tokenizer.Decode(tokens, skipSpecialTokens: false)) : null;
            }
        });
    }

    /// <summary>What the served model's files say of its tokenizer; where they name no end, the one that generation knows.</summary>
    public TokenizerInfo? Info(Problem problem) => leases.Lease(ModelNames.Current, problem, lease =>
    {
        using (lease)
        {
            var (model, named) = (lease.Model, lease.Model.ChatTemplate?.SpecialTokens);
            var end = named?.Eos ?? model.Defaults.EosTokens.Select(model.Tokenizer.TokenText).FirstOrDefault();
            return new TokenizerInfo("PreTrainedTokenizerFast", model.MaxContext, named?.Bos, end, named?.Unknown, named?.Pad,
                model.ChatTemplate?.Source);
        }
    });

    static Func<LoadedModel, int[]?> OfPrompt(Fields fields, Problem problem)
    {
        var text = fields.RequiredText("prompt");
        var framed = fields.Flag("add_special_tokens") ?? true;
        return model =>
        {
            if (PromptSize.CanFit(text.Length, model))
                return framed ? model.Tokenizer.EncodePrompt(text, int.MaxValue) : model.Tokenizer.Encode(text, addSpecialTokens: false);
            problem.Add(ApiError.ContextLength(int.MaxValue, model.MaxContext, null, "prompt"));
            return null;
        };
    }

    Func<LoadedModel, int[]?> OfMessages(Fields fields, string model, Problem problem)
    {
        if (fields.Flag("add_special_tokens") is true)
            problem.Add(ApiError.UnsupportedField("add_special_tokens", "The chat template writes them; a chat's prompt has no others."));
        var request = ChatRequestReader.ReadPrompt(fields, model);
        return weights => prompts.Build(passages.Add(request), weights, problem, whole: true)?.Tokens;
    }

    static TokenizeReply Reply(int[] tokens, LoadedModel model, bool spelled) => new(tokens.Length, model.MaxContext, tokens,
        spelled ? [.. tokens.Select(id => model.Tokenizer.TokenText(id) ?? "")] : null);
}
