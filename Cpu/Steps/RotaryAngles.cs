// Cosines and sines of a step's positions, for each of a network's rotations. Rounded to fp32 where transformers rounds.
using Majlis.Model;

namespace Majlis.Cpu.Steps;

sealed unsafe class RotaryAngles : IDisposable
{
    readonly Dictionary<Rotary, (FloatRows Cos, FloatRows Sin)> tables = [];

    public RotaryAngles(Blueprint blueprint)
    {
        foreach (var layer in blueprint.Layers)
            if (layer.Attention.Rotary is { } rotary) tables.TryAdd(rotary, (new(), new()));
    }

    public void Prepare(ForwardBatch batch)
    {
        foreach (var (rotary, (cos, sin)) in tables)
        {
            cos.Shape(batch.Tokens.Length, rotary.Dimensions / 2);
            sin.Shape(batch.Tokens.Length, rotary.Dimensions / 2);
            var (length, frequencies) = (-1, (float[])[]);
            foreach (var span in batch.Spans)
                for (var row = span.Start; row < span.Start + span.Count; row++)
                {
                    var next = rotary.TableLength(span.LengthAt(span.Cached + row - span.Start));
                    if (next != length) (length, frequencies) = (next, rotary.InverseFrequencies(next, theta => Powers(rotary, theta)));
                    Fill(batch.Positions[row], frequencies, rotary.AttentionFactor, cos.Row(row), sin.Row(row));
                }
        }
    }

    /// <summary>[rotated elements / 2] cosines and sines of a row.</summary>
    public (nint Cos, nint Sin) Row(Rotary rotary, int row) =>
        ((nint)tables[rotary].Cos.Row(row), (nint)tables[rotary].Sin.Row(row));

    public void Dispose()
    {
        foreach (var (cos, sin) in tables.Values)
        {
            cos.Dispose();
            sin.Dispose();
        }
    }

    static float[] Powers(Rotary rotary, double theta) =>
        [.. Enumerable.Range(0, rotary.Dimensions / 2).Select(i => MathF.Pow((float)theta, 2f * i / rotary.Dimensions))];

    static void Fill(int position, float[] frequencies, float factor, float* cos, float* sin)
    {
        for (var i = 0; i < frequencies.Length; i++)
        {
            var angle = position * frequencies[i];
            (cos[i], sin[i]) = (MathF.Cos(angle) * factor, MathF.Sin(angle) * factor);
        }
    }
}
