// The optimiser's moments of one parameter, kept in 32, 16 or 8 bits a number and computed in 32. Knows no optimiser's formula.
using Majlis.Torch;
using static TorchSharp.torch;

namespace Majlis.Trainer.Optimization;

/// <summary>How moments are kept: exactly, as bf16, or as 8-bit codes with a scale for each block.</summary>
public enum MomentForm { Fp32, Bf16, Block8 }

/// <summary>One moment. A narrow one exists in fp32 only while it is used.</summary>
sealed class Moment : IDisposable
{
    readonly Tensor? wide;
    readonly NarrowNumbers? narrow;
    readonly long[] shape;

    /// <param name="like">Whose shape it has; it begins with zeros.</param>
    /// <param name="form">How it is kept.</param>
    /// <param name="seed">Tells its rounding from other moments'.</param>
    /// <param name="isSquare">Of squares: it is divided by, so it never rounds to zero.</param>
    public Moment(Tensor like, MomentForm form, uint seed, bool isSquare)
    {
        shape = like.shape;
        if (form == MomentForm.Fp32) wide = zeros_like(like).DetachFromDisposeScope();
        else narrow = new NarrowNumbers(like.numel(), form, seed, isSquare);
    }

    /// <summary>The moment in fp32. Changes to it last only by <see cref="Close"/>.</summary>
    public Tensor Open() => wide ?? tensor(narrow!.Read()).reshape(shape);

    /// <summary>Keeps what <see cref="Open"/> gave and an update changed.</summary>
    /// <param name="used">The opened moment.</param>
    /// <param name="step">Of the optimiser: rounding is by chance, drawn from seed and step, so that small changes are not lost.</param>
    public void Close(Tensor used, int step)
    {
        if (narrow is null) return;
        narrow.Write(used.data<float>().ToArray(), step);
    }

    /// <summary>Takes over a saved moment, to the bit.</summary>
    public void Restore(Tensor saved)
    {
        if (wide is not null) wide.copy_(saved);
        else narrow!.Write(saved.data<float>().ToArray(), step: null);
    }

    public long[] Shape => shape;

    /// <summary>A copy of its numbers.</summary>
    public float[] Numbers() => narrow?.Read() ?? wide!.data<float>().ToArray();

    public void Dispose() => wide?.Dispose();
}
