// Matrix factors in double precision, by LAPACK. Some kinds of adapter start from factors of a base weight. Knows nothing of adapters or of
// weights' names.
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

public static class Factorization
{
    /// <summary>
    /// The best approximation of rank r to W [rows, columns] (Eckart and Young): B [rows, r] = U S and A [r, columns] = V^T of the r
    /// largest singular values, row-major. r is at most the smaller dimension.
    /// </summary>
    public static (double[] B, double[] A) LargestSingularParts(double[] weight, int rows, int columns, int rank)
    {
        using var scope = NewDisposeScope();
        var (u, s, vt) = linalg.svd(Matrix(weight, rows, columns), fullMatrices: false);
        return (Values(u.narrow(1, 0, rank) * s.narrow(0, 0, rank)), Values(vt.narrow(0, 0, rank)));
    }

    /// <summary>
    /// W = Q R, cut after the first r orthonormal columns: B [rows, r] of Q and A [r, columns] of R, row-major. r is at most the smaller
    /// dimension.
    /// </summary>
    public static (double[] B, double[] A) FirstColumns(double[] weight, int rows, int columns, int rank)
    {
        using var scope = NewDisposeScope();
        var (q, r) = linalg.qr(Matrix(weight, rows, columns), linalg.QRMode.Reduced);
        return (Values(q.narrow(1, 0, rank)), Values(r.narrow(0, 0, rank)));
    }

    static Tensor Matrix(double[] values, int rows, int columns) => tensor(values, [rows, columns], ScalarType.Float64);

    static double[] Values(Tensor tensor) => tensor.contiguous().data<double>().ToArray();
}
