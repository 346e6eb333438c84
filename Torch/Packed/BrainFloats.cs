// Rows of bf16 or fp32 numbers to fp32 and back, rounded to nearest even. Knows no tensors' meaning.
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Majlis.Torch.Packed;

static class BrainFloats
{
    /// <summary>Reads numbers that lie at <paramref name="index"/> of a tensor in memory, as fp32.</summary>
    public static unsafe void Read(nint tensor, bool wide, long index, Span<float> to)
    {
        if (wide) new ReadOnlySpan<float>((float*)tensor + index, to.Length).CopyTo(to);
        else Widen(new ReadOnlySpan<ushort>((ushort*)tensor + index, to.Length), to);
    }

    public static unsafe void Write(nint tensor, bool wide, long index, ReadOnlySpan<float> from)
    {
        if (wide) from.CopyTo(new Span<float>((float*)tensor + index, from.Length));
        else Narrow(from, new Span<ushort>((ushort*)tensor + index, from.Length));
    }

    static void Widen(ReadOnlySpan<ushort> from, Span<float> to)
    {
        var many = MemoryMarshal.Cast<ushort, Vector512<ushort>>(from);
        var wide = MemoryMarshal.Cast<float, Vector512<float>>(to);
        for (var i = 0; i < many.Length; i++)
        {
            var (low, high) = Vector512.Widen(many[i]);
            (wide[2 * i], wide[2 * i + 1]) = ((low << 16).AsSingle(), (high << 16).AsSingle());
        }
        for (var i = many.Length * 32; i < from.Length; i++) to[i] = BitConverter.UInt32BitsToSingle((uint)from[i] << 16);
    }

    static void Narrow(ReadOnlySpan<float> from, Span<ushort> to)
    {
        var wide = MemoryMarshal.Cast<float, Vector512<uint>>(from);
        var many = MemoryMarshal.Cast<ushort, Vector512<ushort>>(to);
        for (var i = 0; i < many.Length; i++) many[i] = Vector512.Narrow(Rounded(wide[2 * i]), Rounded(wide[2 * i + 1]));
        for (var i = many.Length * 32; i < to.Length; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(from[i]);
            to[i] = (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    static Vector512<uint> Rounded(Vector512<uint> x) => (x + Vector512.Create(0x7FFFu) + ((x >>> 16) & Vector512<uint>.One)) >>> 16;
}
