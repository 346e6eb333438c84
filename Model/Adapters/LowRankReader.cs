// Finds modules' factors among the tensors of peft's file and checks their shapes. Knows peft's names; no network.
using Majlis.Text;

namespace Majlis.Model.Adapters;

sealed class LowRankReader(IWeightSource source, AdapterConfig config, string place)
{
    readonly HashSet<string> left = [.. source.Tensors.Keys];

    /// <summary>The factors of a module [outputs, inputs], read; null where the file has none.</summary>
    /// <exception cref="ModelFormatException">One factor without the other, a wrong shape, or a module that the config leaves
    /// out.</exception>
    public LowRankPair? Find(string module, int outputs, int inputs)
    {
        string down = $"base_model.model.{module}.lora_A.weight", up = $"base_model.model.{module}.lora_B.weight";
        var (hasDown, hasUp) = (source.Tensors.ContainsKey(down), source.Tensors.ContainsKey(up));
        if (!hasDown && !hasUp) return null;
        if (hasDown != hasUp) throw Wrong($"{module} has {(hasDown ? "lora_A but no lora_B" : "lora_B but no lora_A")}");
        if (config.LeftOutBy(module) is { } field) throw Wrong($"the file adapts {module}, which {field} leaves out");
        var rank = config.RankOf(module);
        var pair = new LowRankPair(rank, inputs, outputs, Values(down, rank, inputs), Values(up, outputs, rank));
        var scale = (float)config.ScaleOf(module);
        for (var i = 0; i < pair.Up.Length; i++) pair.Up[i] *= scale;
        return pair;
    }

    /// <exception cref="ModelFormatException">The file has a tensor that no module took.</exception>
    public void CheckAllRead()
    {
        if (left.Order(StringComparer.Ordinal).FirstOrDefault() is { } stranger)
            throw Wrong($"tensor '{stranger}' belongs to no projection of a layer; an adapted head or embedding is not served beside its " +
                "base: merge this adapter into it and serve the result");
    }

    float[] Values(string name, int rows, int columns)
    {
        left.Remove(name);
        var shape = source.Tensors[name].Shape;
        if (shape is not [var first, var second] || first != rows || second != columns)
            throw Wrong($"tensor '{name}' is [{string.Join(", ", shape)}], expected [{rows}, {columns}]");
        var values = new float[(long)rows * columns];
        source.Read(name, 0, values);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? values : throw Wrong($"tensor '{name}' holds {values[bad]} in row {bad / columns}");
    }

    ModelFormatException Wrong(string what) => new($"{place}: {what}.");
}
