// Which modules an adapter changes, and by what factor: peft's look-up rules. Knows only names of modules.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Majlis.Model.Adapters;

public static class AdapterTargets
{
    static readonly TimeSpan longestMatch = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The modules peft adapts if a config names none (its utils/constants.py, for the families supported here); null if it has no
    /// default.
    /// </summary>
    public static ModuleNames? Default(string modelType) => modelType switch
    {
        "llama" or "mistral" or "gemma2" or "gemma3_text" or "qwen2" or "qwen3" => ModuleNames.Of(["q_proj", "v_proj"]),
        "bert" => ModuleNames.Of(["query", "value"]),
        "gpt2" => ModuleNames.Of(["c_attn"]),
        _ => null,
    };

    /// <summary>A module's rank in peft: the first pattern that names it, else r.</summary>
    public static int RankOf(this AdapterConfig config, string module) => First(config.RankPattern, module) ?? config.Rank;

    /// <summary>alpha / rank, or alpha / sqrt(rank) when rank-stabilised.</summary>
    public static double ScaleOf(this AdapterConfig config, string module)
    {
        var (alpha, rank) = (First(config.AlphaPattern, module) ?? config.Alpha, config.RankOf(module));
        return config.UseRsLora ? alpha / Math.Sqrt(rank) : alpha / rank;
    }

    /// <summary>The field that makes peft skip the module, as a reason; null if the module is adapted.</summary>
    public static string? LeftOutBy(this AdapterConfig config, string module)
    {
        if (config.ExcludeModules?.Contain(module) == true) return "exclude_modules";
        if (config.ModulesToSave is { } saved && saved.Names.Any(name => IsWithin(module, name))) return "modules_to_save";
        if (config.TargetModules is not { } targets) return null;
        if (targets.Names.Contains(module)) return null;
        if (!targets.Contain(module)) return "target_modules";
        return config.LayersToTransform is { } layers && !(LayerOf(config, module) is { } layer && layers.Contains(layer))
            ? "layers_to_transform" : null;
    }

    static T? First<T>(IEnumerable<(ModuleNames Modules, T Value)> patterns, string module) where T : struct
    {
        foreach (var (modules, value) in patterns)
            if (modules.Contain(module)) return value;
        return null;
    }

    static bool IsWithin(string module, string name) => $".{module}.".Contains($".{name}.", StringComparison.Ordinal);

    /// <summary>The first number in the module's path that follows a name, or one of the names in layers_pattern.</summary>
    static int? LayerOf(AdapterConfig config, string module)
    {
        foreach (var name in config.LayersPattern.IsEmpty ? ["[^.]*"] : config.LayersPattern.Select(Regex.Escape))
            if (Regex.Match(module, $@"\A.*?\.{name}\.(\d+)\.", RegexOptions.CultureInvariant, longestMatch) is { Success: true } match
                && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var layer))
                return layer;
        return null;
    }
}
