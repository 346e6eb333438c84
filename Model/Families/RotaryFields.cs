// The rotary fields of a config in both styles: rope_parameters (transformers 5) or rope_theta + rope_scaling (4). Knows no family.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Text;

namespace Majlis.Model.Families;

static class RotaryFields
{
    /// <summary>The rotation of one kind of layer; gemma3 nests rope_parameters by kind of layer.</summary>
    public static Rotary Read(ConfigFields config, int headDim, double theta, RotaryStyle style = RotaryStyle.HalfSplit,
        string? layerKind = null)
    {
        var now = ScalingFields.Of(config.Find("rope_parameters"), "rope_parameters");
        if (layerKind is not null) now = now?.Nested(layerKind) ?? now;
        // The old style scales full layers only.
        var before = layerKind == "sliding_attention" ? null : ScalingFields.Of(config.Find("rope_scaling"), "rope_scaling");
        var oldTheta = config.Double("rope_theta", theta);
        var oldPart = config.Double("partial_rotary_factor", 1);

        // Parameters without a scaling keep their base; the old field then decides the scaling.
        var scaling = now is null || (before is not null && now.Kind() == "default") ? before : now;
        var part = now?.NumberOrNull("partial_rotary_factor") ?? scaling?.NumberOrNull("partial_rotary_factor") ?? oldPart;
        var rotary = new Rotary(style, (int)(headDim * part),
            now?.NumberOrNull("rope_theta") ?? scaling?.NumberOrNull("rope_theta") ?? oldTheta);
        var result = scaling is null ? rotary : rotary with { Scaling = Scaling(config, scaling, rotary) };
        now?.Done();
        scaling?.Done();
        return result;
    }

    static RotaryScaling? Scaling(ConfigFields config, ScalingFields fields, Rotary rotary)
    {
        var type = fields.Kind();
        var positions = config.Int("max_position_embeddings");
        // A length beside the object wins over the one inside it, as in transformers.
        var within = fields.IntOrNull("original_max_position_embeddings");
        var original = config.IntOrNull("original_max_position_embeddings") ?? within ?? positions;
        double Factor() => fields.NumberOrNull("factor") ?? (double)positions / original;
        // Phi-3's oldest files name it "su", some files "yarn".
        if (type == "su" || (type == "yarn" && config.Text("model_type") == "phi3")) type = "longrope";
        return type switch
        {
            "default" => null,
            "linear" => new LinearScaling(fields.Number("factor")),
            "dynamic" => new DynamicScaling(fields.Number("factor"), positions),
            "llama3" => new Llama3Scaling(fields.Number("factor"), fields.Number("low_freq_factor"), fields.Number("high_freq_factor"),
                original),
            "yarn" => new YarnScaling(Factor(), original)
            {
                BetaFast = fields.NumberOrNull("beta_fast") ?? 32,
                BetaSlow = fields.NumberOrNull("beta_slow") ?? 1,
                Truncate = fields.Flag("truncate", true),
                Mscale = fields.NumberOrNull("mscale"),
                MscaleAllDimensions = fields.NumberOrNull("mscale_all_dim"),
                GivenAttentionFactor = fields.NumberOrNull("attention_factor"),
            },
            "longrope" => new LongRopeScaling(fields.Numbers("short_factor", rotary.Dimensions / 2),
                fields.Numbers("long_factor", rotary.Dimensions / 2), Factor(), original)
            {
                GivenAttentionFactor = fields.NumberOrNull("attention_factor"),
            },
            _ => throw new ModelFormatException(
                $"config: rotary scaling '{type}' in '{fields.Place}' is not known; "
                + "known are default, linear, dynamic, llama3, yarn, longrope."),
        };
    }

    /// <summary>The same rule inside the object: an unread field is an error.</summary>
    sealed class ScalingFields(string place, JsonElement value)
    {
        readonly HashSet<string> seen = [];

        public static ScalingFields? Of(JsonElement? value, string place) => value is not { } found ? null
            : found.ValueKind == JsonValueKind.Object ? new ScalingFields(place, found)
            : throw ConfigFields.Wrong(place, found, "an object");

        public string Place => place;

        public ScalingFields? Nested(string name) => Of(Find(name), $"{place}.{name}");

        public string Kind()
        {
            var (now, before) = (Text("rope_type"), Text("type"));
            return now ?? before ?? "default";
        }

        JsonElement? Find(string name)
        {
            seen.Add(name);
            return value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
        }

        public double? NumberOrNull(string name) => Find(name) is not { } found ? null
            : found.ValueKind == JsonValueKind.Number ? found.GetDouble() : throw ConfigFields.Wrong($"{place}.{name}", found, "a number");

        public double Number(string name) => NumberOrNull(name) ?? throw Missing(name);

        public int? IntOrNull(string name) => NumberOrNull(name) is not { } number ? null
            : number is >= 1 and <= int.MaxValue ? (int)number : throw ConfigFields.Wrong($"{place}.{name}", Find(name)!.Value, "a length");

        string? Text(string name) => Find(name) is not { } found ? null
            : ConfigFields.AsText(found) ?? throw ConfigFields.Wrong($"{place}.{name}", found, "a string");

        public bool Flag(string name, bool absent) => Find(name) is not { } found ? absent
            : found.ValueKind is JsonValueKind.True or JsonValueKind.False ? found.GetBoolean()
            : throw ConfigFields.Wrong($"{place}.{name}", found, "true or false");

        public ImmutableArray<double> Numbers(string name, int count) => Find(name) is { ValueKind: JsonValueKind.Array } found
            && found.GetArrayLength() == count && found.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number)
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
