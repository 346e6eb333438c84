// The explicit list of families, and the only way from a config.json to a Blueprint. A new family is one file, one line here, one golden.
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Families;

public static class Families
{
    static readonly Dictionary<string, Func<ConfigFields, Blueprint>> known = new()
    {
        ["llama"] = Llama.Read,
        ["mistral"] = Mistral.Read,
        ["ministral"] = Mistral.ReadMinistral,
        ["qwen2"] = Qwen2.Read,
        ["qwen3"] = Qwen3.Read,
        ["cohere"] = Cohere.Read,
        ["cohere2"] = Cohere2.Read,
        ["gemma2"] = Gemma2.Read,
        ["gemma3_text"] = Gemma3.Read,
        ["olmo2"] = Olmo2.Read,
        ["phi3"] = Phi3.Read,
        ["smollm3"] = SmolLM3.Read,
        ["bert"] = Bert.Read,
        ["roberta"] = Bert.ReadRoberta,
        ["xlm-roberta"] = Bert.ReadRoberta,
        ["camembert"] = Bert.ReadRoberta,
    };

    public static bool Knows(string modelType) => known.ContainsKey(modelType);

    /// <summary>Reads a config.json of either style (transformers 4 or 5).</summary>
    /// <exception cref="ModelFormatException">Unknown architecture, or a field that is missing, wrong or not understood.</exception>
    public static Blueprint Read(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object) throw new ModelFormatException("config: expected a JSON object.");
        var fields = new ConfigFields(config);
        var type = fields.Text("model_type") ?? throw new ModelFormatException("config: field 'model_type' is missing.");
        if (!known.TryGetValue(type, out var family))
            throw new ModelFormatException(
                $"config: model_type '{type}' is not known; known are {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}.");
        var blueprint = family(fields) with { Family = type, PadToken = fields.Token("pad_token_id") };
        blueprint = SequenceClassification.Apply(fields, blueprint);
        fields.Done();
        return blueprint;
    }
}
