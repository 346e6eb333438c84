// A norm's weights in fp32, with the offset added, and how it goes over a row.
using Majlis.Cpu.Kernels;
using Majlis.Model;

namespace Majlis.Cpu.Weights;

sealed unsafe class NormWeights
{
    readonly NormBlueprint blueprint;
    readonly float[] weight;
    readonly float[]? bias;

    NormWeights(IWeightSource source, NormBlueprint blueprint)
    {
        this.blueprint = blueprint;
        weight = new float[(blueprint.Rows ?? 1) * blueprint.Width];
        source.Read(blueprint.Weight, 0, weight);
        for (var i = 0; i < weight.Length; i++) weight[i] += blueprint.Offset;
        if (!blueprint.HasBias) return;
        bias = new float[blueprint.Width];
        source.Read(blueprint.Bias, 0, bias);
    }

    public static NormWeights? Load(IWeightSource source, NormBlueprint? blueprint) => blueprint is null ? null : new(source, blueprint);

    /// <summary>Normalises <paramref name="count"/> elements of x into y, in groups of the norm's width; y may be x.</summary>
    public void Apply(float* x, float* y, int count)
    {
        fixed (float* w = weight, b = bias)
            for (var at = 0; at < count; at += blueprint.Width)
                Norms.Apply(blueprint.Kind, x + at, w + (blueprint.Rows is null ? 0 : at), b, y + at, blueprint.Width, blueprint.Epsilon);
    }
}
