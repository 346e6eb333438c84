// Which layers slide: layer_types if the config has it, else each family's older rule.
using Majlis.Text;

namespace Majlis.Model.Families;

static class LayerKinds
{
    /// <summary>[layers] true if the layer sees a window only.</summary>
    public static bool[] Read(ConfigFields config, int layers, Func<int, bool> slidesWhenAbsent) =>
        config.List("layer_types", layers)?.Select((kind, _) => ConfigFields.AsText(kind) switch
        {
            "sliding_attention" => true,
            "full_attention" => false,
            _ => throw ConfigFields.Wrong("layer_types", kind, "sliding_attention or full_attention"),
        }).ToArray() ?? [.. Enumerable.Range(0, layers).Select(slidesWhenAbsent)];

    /// <summary>sliding_window: its default if absent, none if null.</summary>
    public static int? Window(ConfigFields config, int? absent) => config.IntOrNull("sliding_window")
        ?? (config.Has("sliding_window") ? null : absent);

    /// <summary>The window, for a family whose sliding layers must have one.</summary>
    public static int? Of(bool slides, int? window) => !slides ? null
        : window is >= 1 ? window : throw new ModelFormatException("config: a layer slides, but 'sliding_window' names no window.");

    /// <summary>Every n-th layer is full, the others slide (v4: sliding_window_pattern).</summary>
    public static Func<int, bool> EveryNthIsFull(ConfigFields config, int absent)
    {
        var n = config.Size(config.Has("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern", absent);
        return layer => (layer + 1) % n != 0;
    }
}
