// The rows of one step between its phases: residual stream, products, packed inputs of products. Memory only; reused by the next step.
using Majlis.Cpu.Kernels;
using Majlis.Cpu.Weights;
using Majlis.Model;

namespace Majlis.Cpu.Steps;

sealed class StepRows : IDisposable
{
    readonly int hidden;
    readonly int attended;
    readonly int inner;
    readonly int qkv;
    readonly int gateUp;
    readonly bool integers;
    readonly bool floats;
    readonly bool shorts;

    /// <param name="blueprint">Its layers are of one size.</param>
    /// <param name="weights">Of this Blueprint.</param>
    public StepRows(Blueprint blueprint, NetworkWeights weights)
    {
        hidden = blueprint.HiddenSize;
        (attended, inner) = (weights.Layers[0].Output.Inputs, weights.Layers[0].Down.Inputs);
        (qkv, gateUp) = (weights.Layers[0].Qkv.Outputs, weights.Layers[0].GateUp.Outputs);
        var all = weights.Layers.SelectMany(layer => (Linear[])[layer.Qkv, layer.Output, layer.GateUp, layer.Down]).ToArray();
        (integers, floats) = (all.Any(linear => linear.NeedsIntegers), all.Any(linear => linear.NeedsFloats));
        shorts = all.Any(linear => linear.NeedsShorts);
    }

    /// <summary>[N, hidden] the residual stream.</summary>
    public FloatRows Stream { get; } = new();

    /// <summary>[N, hidden] a norm's output on its way to being packed.</summary>
    public FloatRows Normed { get; } = new();

    public FloatRows Qkv { get; } = new();

    /// <summary>[N, heads * head elements]</summary>
    public FloatRows Mixed { get; } = new();

    /// <summary>[N, hidden] the output of attention.</summary>
    public FloatRows Attended { get; } = new();

    public FloatRows GateUp { get; } = new();

    /// <summary>[N, inner] the activation's output.</summary>
    public FloatRows Inner { get; } = new();

    /// <summary>[N, hidden] the output of the MLP.</summary>
    public FloatRows Added { get; } = new();

    public PackedRows PackedNormed { get; } = new();

    public PackedRows PackedMixed { get; } = new();

    public PackedRows PackedInner { get; } = new();

    /// <summary>Makes room for a step of so many tokens.</summary>
    public void Shape(int tokens)
    {
        foreach (var rows in (FloatRows[])[Stream, Normed, Attended, Added]) rows.Shape(tokens, hidden);
        Qkv.Shape(tokens, qkv);
        GateUp.Shape(tokens, gateUp);
        Mixed.Shape(tokens, attended);
        Inner.Shape(tokens, inner);
        PackedNormed.Shape(tokens, hidden, integers, floats, shorts);
        PackedMixed.Shape(tokens, attended, integers, floats, shorts);
        PackedInner.Shape(tokens, inner, integers, floats, shorts);
    }

    public void Dispose()
    {
        foreach (var rows in (IDisposable[])[Stream, Normed, Qkv, Mixed, Attended, GateUp, Inner, Added, PackedNormed, PackedMixed,
            PackedInner])
            rows.Dispose();
    }
}
