// How much memory a network's matrices take in each precision, told from the file's headers before anything is read.
using System.Globalization;
using Majlis.Model;

namespace Majlis.Cpu.Weights;

static class WeightMemory
{
    static readonly WeightPrecision[] smaller = [WeightPrecision.BFloat16, WeightPrecision.Int8, WeightPrecision.Int4];

    /// <summary>The bytes of all matrices.</summary>
    public static long Bytes(Blueprint blueprint, IWeightSource source, WeightPrecision precision)
    {
        using var none = new NativeArena();
        var loader = new MatrixLoader(source, precision, none);
        var bytes = Of(blueprint.Embedding, blueprint.VocabularySize, blueprint.HiddenSize, isOuter: true);
        if (blueprint.Head is { } head && !blueprint.IsTied) bytes += Of(head.Weight, head.Outputs, head.Inputs, isOuter: true);
        if (blueprint.Pooler is { } pooler) bytes += Of(pooler.Weight, pooler.Outputs, pooler.Inputs, isOuter: false);
        foreach (var layer in blueprint.Layers)
            foreach (var part in ((Projection?[])[layer.Attention.Query, layer.Attention.Key, layer.Attention.Value, layer.Attention.Output,
                layer.Mlp.Gate, layer.Mlp.Up, layer.Mlp.Down]).OfType<Projection>())
                bytes += Of(part.Weight, part.Outputs, part.Inputs, isOuter: false);
        return bytes;

        long Of(string name, int rows, int columns, bool isOuter) => !source.Tensors.TryGetValue(name, out var info) ? 0
            : PackedMatrix.Bytes(loader.Format(info.Type, columns, isOuter), rows, columns);
    }

    /// <summary>Why the weights do not fit, with the numbers and what would; null if they fit.</summary>
    public static string? Lack(Blueprint blueprint, IWeightSource source, WeightPrecision precision, long available)
    {
        var needed = Bytes(blueprint, source, precision);
        if (needed <= available) return null;
        var fitting = smaller.Select(one => (one, Bytes: Bytes(blueprint, source, one)))
            .Where(pair => pair.Bytes <= available && pair.Bytes < needed)
            .Select(pair => $"--weights {Name(pair.one)} needs {Size(pair.Bytes)}");
        var advice = string.Join(", ", fitting) is { Length: > 0 } list ? list : "no precision fits here; a smaller model would";
        return $"The weights need {Size(needed)} of memory, and {Size(available)} are free: {advice}.";
    }

    static string Name(WeightPrecision precision) =>
        precision == WeightPrecision.BFloat16 ? "bf16" : precision.ToString().ToLowerInvariant();

    static string Size(long bytes) => (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture) + " GB";
}
