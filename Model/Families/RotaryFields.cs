// The rotary part of a config in both styles: rope_parameters (transformers 5) or rope_theta + rope_scaling (4). Knows no family.
using System.Collections.Immutable;
using System.Text.Json;

namespace Majlis.Model.Families;

static class RotaryFields
{
    /// <summary>The rotation of layers of one kind; gemma3 nests rope_parameters by kind of layer.</summary>
    public static Rotary Read(ConfigFields config, int headDim, double theta, RotaryStyle style = RotaryStyle.HalfSplit,
        string? layerKind = null)
    {
        var place = "rope_parameters";
        var parameters = config.Find(place);
        if (parameters is { } nested && layerKind is not null && nested.TryGetProperty(layerKind, out var own)) (parameters, place) =
            (own, $"{place}.{layerKind}");
        var oldTheta = config.Double("rope_theta", theta);
        var oldPart = config.Double("partial_rotary_factor", 1);
        var oldScaling = config.Find("rope_scaling");
        var scaling = parameters ?? oldScaling;
        var fields = scaling is { ValueKind: JsonValueKind.Object } value
            ? new ScalingFields(parameters is null ? "rope_scaling" : place, value) : null;
        if (scaling is { } wrong && fields is null) throw ConfigFields.Wrong(place, wrong, "an object");

        var part = fields?.NumberOrNull("partial_rotary_factor") ?? oldPart;
        var rotary = new Rotary(style, (int)(headDim * part), fields?.NumberOrNull("rope_theta") ?? oldTheta);
        var result = fields is null ? rotary : rotary with { Scaling = Scaling(config, fields, rotary) };
        fields?.Done();
        return result;
    }

    static RotaryScaling? Scaling(ConfigFields config, ScalingFields fields, Rotary rotary)
    {
        var type = fields.Text("rope_type") ?? fields.Text("type") ?? "default";
        fields.Text("type");
        var positions = config.Int("max_position_embeddings", 2048);
        var original = fields.IntOrNull("original_max_position_embeddings") ?? config.IntOrNull("original_max_position_embeddings");
        double Factor() => fields.NumberOrNull("factor") ?? (double)positions / (original ?? positions);
        return type switch
        {
            "default" => null,
            "linear" => new LinearScaling(fields.Number("factor")),
            "dynamic" => new DynamicScaling(fields.Number("factor"), original ?? positions),
            "llama3" => new Llama3Scaling(fields.Number("factor"), fields.Number("low_freq_factor"), fields.Number("high_freq_factor"),
                original ?? throw fields.Missing("original_max_position_embeddings")),
            "yarn" => new YarnScaling(Factor(), original ?? positions)
            {
                BetaFast = fields.NumberOrNull("beta_fast") ?? 32,
                BetaSlow = fields.NumberOrNull("beta_slow") ?? 1,
                Truncate = fields.Flag("truncate", true),
                Mscale = fields.NumberOrNull("mscale"),
                MscaleAllDimensions = fields.NumberOrNull("mscale_all_dim"),
                GivenAttentionFactor = fields.NumberOrNull("attention_factor"),
            },
            // Phi-3 calls it "su" in its oldest files. Its factor is always the ratio of the two lengths, where both are known.
            "longrope" or "su" =>
            new LongRopeScaling(fields.Numbers("short_factor", rotary.Dimensions / 2), fields.Numbers("long_factor", rotary.Dimensions / 2),
                original is { } length ? (double)positions / length : Factor(), original ?? positions)
            {
                GivenAttentionFactor = fields.NumberOrNull("attention_factor"),
            },
            _ => throw new ModelFormatException(
                $"config: rotary scaling '{type}' in '{fields.Place}' is not known; "
                + "known are default, linear, dynamic, llama3, yarn, longrope."),
        };
    }

    /// <summary>The same rule inside the object: what nobody read is an error.</summary>
    sealed class ScalingFields(string place, JsonElement value)
    {
        readonly HashSet<string> seen = [];

        public string Place => place;

        JsonElement? Find(string name)
        {
            seen.Add(name);
            return value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
        }

        public double? NumberOrNull(string name) => Find(name) is not { } found ? null
            : found.ValueKind == JsonValueKind.Number ? found.GetDouble() : throw ConfigFields.Wrong($"{place}.{name}", found, "a number");

        public double Number(string name) => NumberOrNull(name) ?? throw Missing(name);

        public int? IntOrNull(string name) => NumberOrNull(name) is { } number ? checked((int)number) : null;

        public string? Text(string name) => Find(name)?.GetString();

        public bool Flag(string name, bool absent) => Find(name)?.GetBoolean() ?? absent;

        public ImmutableArray<double> Numbers(string name, int count) => Find(name) is { ValueKind: JsonValueKind.Array } found
            && found.GetArrayLength() == count
            ? [.. found.EnumerateArray().Select(item => item.GetDouble())]
            : throw new ModelFormatException($"config: '{place}.{name}' must be a list of {count} numbers.");

        public ModelFormatException Missing(string name) => new($"config: field '{place}.{name}' is missing.");

        public void Done()
        {
            foreach (var field in value.EnumerateObject())
            {
                if (field.Value.ValueKind != JsonValueKind.Null && !seen.Contains(field.Name))
                    throw new ModelFormatException($"config: field '{place}.{field.Name}' is not understood and may change the result.");
            }
        }
    }
}
