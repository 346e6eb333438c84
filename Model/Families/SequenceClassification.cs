// A reward model: any decoder family whose architecture ends in ForSequenceClassification, with one label. The head is score.weight
// [1, hidden] without bias; also the place that refuses heads nobody here knows.
namespace Majlis.Model.Families;

static class SequenceClassification
{
    public static Blueprint Apply(ConfigFields config, Blueprint blueprint)
    {
        var architecture = config.Find("architectures") is { ValueKind: System.Text.Json.JsonValueKind.Array } list
            && list.GetArrayLength() > 0
            ? list[0].GetString() ?? "" : "";
        if (architecture.EndsWith("ForCausalLM", StringComparison.Ordinal)
            || architecture is "" or "BertModel" or "LlamaModel") return blueprint;
        if (blueprint.HeadKind == HeadKind.None || !architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal))
            throw new ModelFormatException(
                $"config: architectures '{architecture}' is not known; known are *ForCausalLM, *ForSequenceClassification and BertModel.");
        var labels = config.Find("id2label") is { } names ? names.EnumerateObject().Count() : config.Int("num_labels", 2);
        if (labels != 1) throw new ModelFormatException($"config: a reward model has one label, 'id2label' names {labels}.");
        return blueprint with
        {
            HeadKind = HeadKind.Score,
            Head = new Projection("score", blueprint.HiddenSize, 1),
            LogitScale = 1,
            LogitSoftCap = null
        };
    }
}
