// bf16 and fp32 from a file to fp64 in one pass over memory: stored, added times a factor, or less others. Checks on the way that all are
// finite. Knows nothing of tensors; other types take the plain way through fp32.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Majlis.Model;

namespace Majlis.Merge.Arithmetic;

static class PlainNumbers
{
    const uint Exponent = 0x7F800000;

    public static bool Knows(TensorType type) => type is TensorType.BF16 or TensorType.F32;

    /// <summary>Widens; false if a number is not finite.</summary>
    public static bool Read(TensorType type, ReadOnlySpan<byte> source, Span<double> destination) => type == TensorType.F32
        ? Read(MemoryMarshal.Cast<byte, uint>(source), destination) : Read(MemoryMarshal.Cast<byte, ushort>(source), destination);

    /// <summary>Adds <paramref name="factor"/> times the numbers; false if one of them is not finite.</summary>
    public static bool Add(TensorType type, ReadOnlySpan<byte> source, double factor, Span<double> sum) => type == TensorType.F32
        ? Add(MemoryMarshal.Cast<byte, uint>(source), factor, sum) : Add(MemoryMarshal.Cast<byte, ushort>(source), factor, sum);

    /// <summary>Writes the numbers less those of <paramref name="origin"/>; false if one of them is not finite.</summary>
    public static bool Subtract(TensorType type, ReadOnlySpan<byte> source, ReadOnlySpan<double> origin, Span<double> destination) =>
        type == TensorType.F32 ? Subtract(MemoryMarshal.Cast<byte, uint>(source), origin, destination)
            : Subtract(MemoryMarshal.Cast<byte, ushort>(source), origin, destination);

    /// <summary>
    /// The magnitudes of the differences between two tensors, in fp32; false if one is not finite. They are those of fp64 rounded to
    /// fp32: its 53 bits are enough for the second rounding to change nothing (https://hal.science/hal-01091186).
    /// </summary>
    public static bool Distances(TensorType type, ReadOnlySpan<byte> source, TensorType originType, ReadOnlySpan<byte> origin,
        Span<float> destination)
    {
        if (type != TensorType.F32) return Distances(MemoryMarshal.Cast<byte, ushort>(source), originType, origin, destination);
        return Distances(MemoryMarshal.Cast<byte, uint>(source), originType, origin, destination);
    }

    static bool Distances<T>(ReadOnlySpan<T> source, TensorType type, ReadOnlySpan<byte> origin, Span<float> destination)
        where T : unmanaged => type == TensorType.F32 ? Distances(source, MemoryMarshal.Cast<byte, uint>(origin), destination)
        : Distances(source, MemoryMarshal.Cast<byte, ushort>(origin), destination);

    // T is uint for fp32's bits and ushort for bf16's. Compiled at once for the vectors at hand: a merge is over before the runtime has
    // learnt what is hot, and code from before the start knows no wide vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Read<T>(ReadOnlySpan<T> source, Span<double> destination) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var (special, i) = (Vector256<uint>.Zero, 0);
        for (; i <= source.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var bits = Load(ref from, i);
            special |= Special(bits);
            var (lower, upper) = Vector256.Widen(bits.AsSingle());
            lower.StoreUnsafe(ref to, (nuint)i);
            upper.StoreUnsafe(ref to, (nuint)(i + Vector256<double>.Count));
        }
        var finite = special == Vector256<uint>.Zero;
        for (; i < source.Length; i++) finite &= double.IsFinite(destination[i] = One(source[i]));
        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Subtract<T>(ReadOnlySpan<T> source, ReadOnlySpan<double> origin, Span<double> destination) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, origin.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var less = ref MemoryMarshal.GetReference(origin);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var (special, i) = (Vector256<uint>.Zero, 0);
        for (; i <= source.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var bits = Load(ref from, i);
            special |= Special(bits);
            var (lower, upper) = Vector256.Widen(bits.AsSingle());
            var rest = i + Vector256<double>.Count;
            (lower - Vector256.LoadUnsafe(ref less, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            (upper - Vector256.LoadUnsafe(ref less, (nuint)rest)).StoreUnsafe(ref to, (nuint)rest);
        }
        var finite = special == Vector256<uint>.Zero;
        for (; i < source.Length; i++)
        {
            var value = One(source[i]);
            finite &= double.IsFinite(value);
            destination[i] = value - origin[i];
        }
        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Distances<T, TOrigin>(ReadOnlySpan<T> source, ReadOnlySpan<TOrigin> origin, Span<float> destination)
        where T : unmanaged where TOrigin : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, destination.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, origin.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var less = ref MemoryMarshal.GetReference(origin);
        ref var to = ref MemoryMarshal.GetReference(destination);
        // What is not finite leaves no finite difference; the bits of what is not negative have its order.
        var (most, i) = (Vector256<int>.Zero, 0);
        for (; i <= source.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var distance = Vector256.Abs(Load(ref from, i).AsSingle() - Load(ref less, i).AsSingle());
            most = Vector256.Max(most, distance.AsInt32());
            distance.StoreUnsafe(ref to, (nuint)i);
        }
        var finite = Vector256.LessThanAll(most, Vector256.Create((int)Exponent));
        for (; i < source.Length; i++)
        {
            var (value, other) = ((float)One(source[i]), (float)One(origin[i]));
            finite &= float.IsFinite(destination[i] = Math.Abs(value - other));
        }
        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static bool Add<T>(ReadOnlySpan<T> source, double factor, Span<double> sum) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(source.Length, sum.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(sum);
        var (special, factors, i) = (Vector256<uint>.Zero, Vector256.Create(factor), 0);
        for (; i <= source.Length - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            var bits = Load(ref from, i);
            special |= Special(bits);
            var (lower, upper) = Vector256.Widen(bits.AsSingle());
            var rest = i + Vector256<double>.Count;
            (lower * factors + Vector256.LoadUnsafe(ref to, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
            (upper * factors + Vector256.LoadUnsafe(ref to, (nuint)rest)).StoreUnsafe(ref to, (nuint)rest);
        }
        var finite = special == Vector256<uint>.Zero;
        for (; i < source.Length; i++)
        {
            var value = One(source[i]);
            finite &= double.IsFinite(value);
            sum[i] = value * factor + sum[i];
        }
        return finite;
    }

    /// <summary>Eight numbers as the bits of fp32; bf16 is its upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Load<T>(ref T from, int i) where T : unmanaged
    {
        if (typeof(T) == typeof(uint)) return Vector256.LoadUnsafe(ref Unsafe.As<T, uint>(ref from), (nuint)i);
        // Of the wide vector the lower half is used: one instruction.
        return Vector256.WidenLower(Vector128.LoadUnsafe(ref Unsafe.As<T, ushort>(ref from), (nuint)i).ToVector256Unsafe()) << 16;
    }

    static Vector256<uint> Special(Vector256<uint> bits) =>
        Vector256.Equals(bits & Vector256.Create(Exponent), Vector256.Create(Exponent));

    static double One<T>(T bits) where T : unmanaged => BitConverter.UInt32BitsToSingle(
        typeof(T) == typeof(uint) ? Unsafe.As<T, uint>(ref bits) : (uint)Unsafe.As<T, ushort>(ref bits) << 16);
}
