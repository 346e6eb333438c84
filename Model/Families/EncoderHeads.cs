// What stands on top of an encoder, by the name of its architecture: nothing, or one label of a cross-encoder (a reranker).
using Majlis.Text;

namespace Majlis.Model.Families;

static class EncoderHeads
{
    const string Classifier = "ForSequenceClassification";

    static readonly string[] pretrained = ["ForMaskedLM", "ForPreTraining"];

    /// <summary>What the encoder's tensors are called by: a bare model's have no prefix.</summary>
    public static string Prefix(ConfigFields config, string prefix) =>
        config.Architecture() is { Length: > 0 } name && !name.EndsWith("Model", StringComparison.Ordinal) ? prefix : "";

    /// <exception cref="ModelFormatException">An unknown head, or one with several labels.</exception>
    public static Blueprint Apply(ConfigFields config, Blueprint encoder)
    {
        var architecture = config.Architecture();
        if (architecture is "" || architecture.EndsWith("Model", StringComparison.Ordinal)
            || pretrained.Any(head => architecture.EndsWith(head, StringComparison.Ordinal))) return encoder;
        if (!architecture.EndsWith(Classifier, StringComparison.Ordinal))
            throw new ModelFormatException($"config: architectures '{architecture}' is not known; known of encoders are *Model, "
                + $"{string.Join(", ", pretrained.Select(head => "*" + head))} and *{Classifier}.");
        SequenceClassification.CheckOneLabel(config);
        var hidden = encoder.HiddenSize;
        var isBert = architecture.StartsWith("Bert", StringComparison.Ordinal);
        return encoder with
        {
            HeadKind = HeadKind.Score,
            Pooler = new Projection(isBert ? "bert.pooler.dense" : "classifier.dense", hidden, hidden, true),
            Head = new Projection(isBert ? "classifier" : "classifier.out_proj", hidden, 1, true),
        };
    }
}
