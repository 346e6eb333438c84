// Several projections of the same input as one product: a packed matrix for each, since a checkpoint may keep them in different types.
using Majlis.Model;

namespace Majlis.Cpu.Weights;

/// <summary>Outputs of a part start at its offset; parts are padded to whole groups of rows.</summary>
sealed class Linear
{
    public Linear(MatrixLoader loader, IWeightSource source, params Projection[] parts)
    {
        (Inputs, Parts) = (parts[0].Inputs, parts);
        Matrices = new PackedMatrix[parts.Length];
        Offsets = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            Offsets[i] = Outputs;
            Matrices[i] = loader.Load(parts[i].Weight, parts[i].FirstRow, parts[i].Outputs, parts[i].Inputs);
            Outputs += Matrices[i].Groups * WeightLayout.GroupRows;
        }
        Bias = Biases(source, parts);
    }

    /// <summary>A head alone; a tied one has the embedding's matrix.</summary>
    public Linear(IWeightSource source, Projection head, PackedMatrix matrix)
    {
        (Inputs, Parts, Matrices, Offsets) = (head.Inputs, [head], [matrix], [0]);
        Outputs = matrix.Groups * WeightLayout.GroupRows;
        Bias = Biases(source, [head]);
    }

    public int Inputs { get; }

    /// <summary>Padding included.</summary>
    public int Outputs { get; }

    public Projection[] Parts { get; }

    public PackedMatrix[] Matrices { get; }

    public int[] Offsets { get; }

    /// <summary>[Outputs]; null when no part has one.</summary>
    public float[]? Bias { get; }

    public int Groups => Outputs / WeightLayout.GroupRows;

    public bool NeedsIntegers => Matrices.Any(matrix => matrix.Format.IsInteger());

    public bool NeedsShorts => Matrices.Any(matrix => matrix.Format == WeightFormat.Int16);

    public bool NeedsFloats => Matrices.Any(matrix => matrix.Format.IsFloat());

    float[]? Biases(IWeightSource source, Projection[] parts)
    {
        if (!parts.Any(part => part.HasBias)) return null;
        var bias = new float[Outputs];
        for (var i = 0; i < parts.Length; i++)
            if (parts[i].HasBias) source.Read(parts[i].Bias, parts[i].FirstRow, bias.AsSpan(Offsets[i], parts[i].Outputs));
        return bias;
    }
}
