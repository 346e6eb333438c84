// The config.json of a pooling module: which states become the vector. One pooling at a time; several side by side are refused.
using Majlis.Text;

namespace Majlis.Model.Sentences;

static class PoolingFile
{
    const string Prefix = "pooling_mode_";

    // By the names of newer files; older ones have a flag for each.
    static readonly Dictionary<string, (string Flag, Pooling Pooling, bool ByRoot)> known = new()
    {
        ["cls"] = ("cls_token", Pooling.First, false),
        ["mean"] = ("mean_tokens", Pooling.Mean, false),
        ["mean_sqrt_len_tokens"] = ("mean_sqrt_len_tokens", Pooling.Mean, true),
        ["lasttoken"] = ("lasttoken", Pooling.Last, false),
    };

    static readonly string[] others = ["max_tokens", "weightedmean_tokens"];

    /// <exception cref="ModelFormatException">Another pooling, several at once, or prompts that the mean would leave out.</exception>
    public static SentenceConfig Read(string folder, SentenceConfig config)
    {
        var path = Path.Combine(folder, CheckpointFiles.Config);
        using var json = ModelJson.Read(path);
        var fields = new SentenceFields(path, json.RootElement);
        if (!fields.Flag("include_prompt", absent: true)) throw fields.Wrong("include_prompt", "true");
        var (_, pooling, byRoot) = fields.Text("pooling_mode") is { } name
            ? known.GetValueOrDefault(name, ("", Pooling.None, false)) : ByFlags(fields, path);
        return pooling == Pooling.None ? throw fields.Wrong("pooling_mode", $"one of {string.Join(", ", known.Keys)}")
            : config with { Pooling = pooling, DividesByRoot = byRoot };
    }

    static (string, Pooling, bool) ByFlags(SentenceFields fields, string path)
    {
        var flags = known.Values.Select(mode => mode.Flag).Concat(others)
            .Where(flag => fields.Flag(Prefix + flag, absent: false)).ToArray();
        return flags is [var one] && known.Values.FirstOrDefault(mode => mode.Flag == one) is { Flag: not null } found ? found
            : throw new ModelFormatException($"{path}: one pooling of "
                + $"{string.Join(", ", known.Values.Select(mode => Prefix + mode.Flag))} "
                + $"is expected, there is {(flags.Length == 0 ? "none" : string.Join(", ", flags))}.");
    }
}
