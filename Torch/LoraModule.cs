// The trained parts of one adapted module, and what they make of its product. Knows no names of tensors and no files.
using Majlis.Model;
using static TorchSharp.torch;

namespace Majlis.Torch;

/// <param name="A">[rank, inputs]; of an embedding [rank, rows].</param>
/// <param name="B">[outputs, rank].</param>
/// <param name="Magnitude">DoRA (https://arxiv.org/abs/2402.09353): [outputs] lengths of the sum's rows; null leaves them.</param>
/// <param name="Scale">What the product B A is multiplied by.</param>
sealed record LoraModule(Tensor A, Tensor B, Tensor? Magnitude, double Scale)
{
    /// <summary>One projection's output, [.., Outputs] in the type of x.</summary>
    /// <param name="x">[.., Inputs]</param>
    /// <param name="weight">[Outputs, Inputs] of the base.</param>
    /// <param name="bias">[Outputs] of the base, or null.</param>
    /// <param name="projection">Which rows of the module they are.</param>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias, Projection projection)
    {
        var b = Rows(B, projection);
        var delta = nn.functional.linear(nn.functional.linear(x.to(ScalarType.Float32), A), b).Times(Scale);
        if (Magnitude is null)
        {
            var y = nn.functional.linear(x, weight, bias);
            return y.Plus(delta.to(y.dtype));
        }
        var stretch = Stretch(Rows(Magnitude, projection), weight.to(ScalarType.Float32), b.matmul(A).Times(Scale), 1); // [Outputs]
        var turned = nn.functional.linear(x, weight).to(ScalarType.Float32).Plus(delta) * stretch;
        return (bias is null ? turned : turned.Plus(bias.to(ScalarType.Float32))).to(x.dtype);
    }

    /// <summary>Rows of an embedding, [N, hidden]: the base's, plus the delta's.</summary>
    /// <param name="ids">[N] int64.</param>
    /// <param name="rows">[N, hidden] of the base.</param>
    /// <param name="table">[vocabulary, hidden] of the base.</param>
    public Tensor Lookup(Tensor ids, Tensor rows, Tensor table)
    {
        var delta = nn.functional.linear(A.t().index_select(0, ids), B).Times(Scale);
        if (Magnitude is null) return rows.Plus(delta.to(rows.dtype));
        var stretch = Stretch(Magnitude, table.to(ScalarType.Float32), A.t().matmul(B.t()).Times(Scale), 0); // [hidden]
        return (rows.to(ScalarType.Float32).Plus(delta) * stretch).to(rows.dtype);
    }

    /// <summary>Magnitude over the lengths of base plus delta; the lengths carry no gradient, as in the paper's section 4.3.</summary>
    static Tensor Stretch(Tensor magnitude, Tensor weight, Tensor delta, int over)
    {
        Tensor lengths;
        using (no_grad()) lengths = Lengths(weight.Plus(delta), over);
        return magnitude / lengths;
    }

    /// <summary>Euclidean lengths over a dimension of a matrix.</summary>
    public static Tensor Lengths(Tensor matrix, int over) => matrix.Squared().sum([over]).sqrt();

    /// <summary>The projection's own rows of a module that several share.</summary>
    public static Tensor Rows(Tensor tensor, Projection projection) =>
        projection.Outputs == projection.TensorRows ? tensor : tensor.narrow(0, projection.FirstRow, projection.Outputs);
}
