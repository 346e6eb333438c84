// The first step of a loaded model, before any request: checks its sampling defaults and that a prompt fits, and computes one token.
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Server.Chat;
using Majlis.Server.Wire;
using Majlis.Text;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;

namespace Majlis.Server.Models;

static class ModelWarmUp
{
    /// <summary>
    /// Makes the model ready to answer. No request may have leased it yet: the step writes into the cache's first blocks.
    /// </summary>
    /// <exception cref="ModelFormatException">
    /// It computes no finite numbers, no prompt fits its context, or its defaults are outside their ranges.
    /// </exception>
    public static LoadedModel WarmUp(this LoadedModel model)
    {
        CheckDefaults(model);
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

    // Else every request would be refused for a field that it does not have.
    static void CheckDefaults(LoadedModel model)
    {
        var problem = new Problem();
        SamplingMapper.Map(new SamplingWishes(), model, seed: 0, problem);
        if (problem.First is { } wrong)
            throw new ModelFormatException($"The sampling defaults of {model.Version} (generation_config.json, or a GGUF's keys) cannot " +
                $"be used: {wrong.Message}");
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
