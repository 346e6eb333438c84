// The first step of a loaded model, before any request: checks that a prompt fits and computes one token.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;

namespace Majlis.Server.Models;

static class ModelWarmUp
{
    /// <summary>
    /// Makes the model ready to answer. No request may have leased it yet: the step writes into the cache's first blocks.
    /// </summary>
    /// <exception cref="ModelFormatException">It computes no finite numbers, or no prompt fits its context.</exception>
    public static LoadedModel WarmUp(this LoadedModel model)
    {
        var least = ShortestPrompt(model);
        if (least >= model.MaxContext)
            throw new ModelFormatException(
                $"The context of {model.Version} holds {model.MaxContext} tokens, prompt and answer together, and " +
                $"the shortest prompt takes {least}: it could answer nothing.");
        var blueprint = model.Network.Blueprint;
        ImmutableArray<ImmutableArray<int>> first = [.. blueprint.CacheGroups.Select(_ => ImmutableArray.Create(0))];
        var step = new ForwardBatch { Tokens = [0], Positions = [0], Spans = [new SequenceSpan(0, 1, 0, first)] };
        using var result = model.Network.Forward(step);
        var logits = new float[blueprint.VocabularySize];
        result.ReadLogits(0, logits);
        return logits.All(float.IsFinite) ? model
            : throw new ModelFormatException($"The weights of {model.Version} compute no finite numbers for a single token.");
    }

    /// <summary>Tokens of a chat with a one-letter message; one token where the model takes no chats or not this one.</summary>
    static int ShortestPrompt(LoadedModel model)
    {
        if (model.ChatTemplate is not { } template) return 1;
        var letter = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "a" });
        try
        {
            return ChatPrompt.Encode(template, model.Tokenizer,
                new Conversation(letter) { AddGenerationPrompt = true, Now = DateTimeOffset.UnixEpoch }).Length;
        }
        catch (JinjaException)
        {
            return 1;
        }
    }
}
