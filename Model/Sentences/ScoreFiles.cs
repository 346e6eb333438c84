// Reads what a cross-encoder's files say of its scores: the longest pair, and whether a score is squeezed between 0 and 1.
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Sentences;

public static class ScoreFiles
{
    /// <summary>One number a pair; between 0 and 1 unless the model's config asks for the plain logit.</summary>
    /// <exception cref="ModelFormatException">The activation is not known.</exception>
    public static SentenceConfig Read(string path, Blueprint blueprint, JsonElement config) => new()
    {
        Pooling = Pooling.Score,
        MaxTokens = SentenceFiles.Longest(path, blueprint),
        Size = 1,
        Steps = Activation(path, config) switch
        {
            null or "Sigmoid" => [new Sigmoid()],
            "Identity" => [],
            var other => throw new ModelFormatException($"{path}: the activation of scores is '{other}', expected Sigmoid or Identity."),
        },
    };

    /// <summary>One number a conversation, as the network gives it.</summary>
    public static SentenceConfig Reward(string path, Blueprint blueprint) => new()
    {
        Pooling = Pooling.Score,
        MaxTokens = SentenceFiles.Longest(path, blueprint),
        Size = 1,
    };

    // sentence-transformers has written it in two places.
    static string? Activation(string path, JsonElement config)
    {
        var fields = new SentenceFields(Path.Combine(path, CheckpointFiles.Config), config);
        var name = fields.Find("sentence_transformers") is { } own
            ? new SentenceFields(Path.Combine(path, CheckpointFiles.Config), own).Text("activation_fn") : null;
        return (name ?? fields.Text("sbert_ce_default_activation_function"))?.Split('.')[^1];
    }
}

/// <summary>Every number to between 0 and 1.</summary>
public sealed class Sigmoid : VectorStep
{
    public override float[] Apply(float[] vector) => Array.ConvertAll(vector, value => 1 / (1 + MathF.Exp(-value)));
}
