// A reward model: any decoder family whose architecture ends in ForSequenceClassification, with one label. The head is score.weight
// [1, hidden] without bias. Also refuses unknown heads.
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Families;

static class SequenceClassification
{
    public static Blueprint Apply(ConfigFields config, Blueprint blueprint)
    {
        if (blueprint.HeadKind == HeadKind.None) return EncoderHeads.Apply(config, blueprint);
        var architecture = config.Architecture();
        if (architecture.EndsWith("ForCausalLM", StringComparison.Ordinal)
            || architecture is "" or "LlamaModel") return blueprint;
        if (!architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal))
            throw new ModelFormatException(
                $"config: architectures '{architecture}' is not known; known are *ForCausalLM and *ForSequenceClassification.");
        CheckOneLabel(config);
        return blueprint with
        {
            HeadKind = HeadKind.Score,
            Head = new Projection("score", blueprint.HiddenSize, 1),
            LogitScale = 1,
            LogitSoftCap = null
        };
    }

    public static void CheckOneLabel(ConfigFields config)
    {
        var labels = config.Find("id2label") is not { } names ? config.Int("num_labels", 2)
            : names.ValueKind == JsonValueKind.Object ? names.EnumerateObject().Count()
            : throw ConfigFields.Wrong("id2label", names, "an object");
        if (labels != 1) throw new ModelFormatException($"config: a reward model has one label, 'id2label' names {labels}.");
    }
}
