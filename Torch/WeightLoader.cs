// Loads tensors from their mapped files into the compute type, one at a time: no second copy of a model is ever in memory. Knows names and
// rows, not what a tensor means.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Majlis.Model;
using Majlis.Model.Weights;
using Majlis.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Majlis.Torch;

static class WeightLoader
{
    const int ChunkElements = 1 << 18;

    /// <summary>A whole tensor in its own shape.</summary>
    public static Tensor Load(IWeightSource weights, string name, ScalarType dtype, Device device)
    {
        var info = Find(weights, name);
        return Load(weights, info, empty(info.Shape.AsSpan().ToArray(), dtype, torch.CPU), device);
    }

    /// <summary>The same in memory of its own.</summary>
    public static Tensor Load(IWeightSource weights, string name, LargeBlocks memory)
    {
        var info = Find(weights, name);
        return Load(weights, info, Place(memory, info.Shape.AsSpan().ToArray()), memory.Device);
    }

    /// <summary>The rows of several projections in one matrix, [sum of Outputs, Inputs], so that one product computes them all.</summary>
    public static Tensor LoadRows(IWeightSource weights, IReadOnlyList<Projection> parts, LargeBlocks memory)
    {
        var inputs = parts[0].Inputs;
        var tensor = Place(memory, parts.Sum(part => (long)part.Outputs), inputs);
        var at = 0L;
        foreach (var part in parts)
        {
            Fill(weights, Find(weights, part.Weight), (long)part.FirstRow * inputs, (long)part.Outputs * inputs, tensor, at);
            at += (long)part.Outputs * inputs;
        }
        return ToDevice(tensor, memory.Device);
    }

    /// <summary>The biases of several projections, one after another; null when none has one.</summary>
    public static Tensor? LoadBiases(IWeightSource weights, IReadOnlyList<Projection> parts, ScalarType dtype, Device device)
    {
        if (!parts.Any(part => part.HasBias)) return null;
        var tensor = zeros([parts.Sum(part => (long)part.Outputs)], dtype, torch.CPU);
        var at = 0L;
        foreach (var part in parts)
        {
            if (part.HasBias) Fill(weights, Find(weights, part.Bias), part.FirstRow, part.Outputs, tensor, at);
            at += part.Outputs;
        }
        return ToDevice(tensor, device);
    }

    static Tensor Load(IWeightSource weights, TensorInfo info, Tensor here, Device device)
    {
        Fill(weights, info, 0, info.Elements, here, 0);
        return ToDevice(here, device);
    }

    // A copy for another device is freed here once it has arrived there.
    static Tensor Place(LargeBlocks memory, params long[] shape) =>
        memory.Device.type == DeviceType.CPU ? memory.Take(shape) : empty(shape, memory.DType, torch.CPU);

    static TensorInfo Find(IWeightSource weights, string name) =>
        weights.Tensors.TryGetValue(name, out var info) ? info : throw new ModelFormatException($"Tensor '{name}' is missing.");

    static Tensor ToDevice(Tensor tensor, Device device)
    {
        if (device.type == DeviceType.CPU) return tensor;
        using (tensor) return tensor.to(device);
    }

    static void Fill(IWeightSource weights, TensorInfo info, long first, long count, Tensor target, long at)
    {
        try
        {
            FillChunks(weights, info, first, count, target, at);
        }
        catch (AggregateException several)
        {
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }

    static unsafe void FillChunks(IWeightSource weights, TensorInfo info, long first, long count, Tensor target, long at)
    {
        var size = target.dtype == ScalarType.Float32 ? 4 : target.dtype == ScalarType.BFloat16 ? 2
            : throw new ArgumentException($"Weights compute in fp32 or bf16, not {target.dtype}.", nameof(target));
        var destination = (nint)TensorMemory.Of(target) + (nint)(at * size);
        // A quantised row is read whole, so a chunk is a multiple of the last dimension.
        var row = info.Shape.IsEmpty ? 1 : Math.Max(1, info.Shape[^1]);
        var chunk = Math.Max(row, ChunkElements / row * row);
        // The processor dequantises: chunks in parallel, each into its own part of the result.
        Parallel.For(0L, (count + chunk - 1) / chunk, LoadingThreads.Options, index =>
        {
            var done = index * chunk;
            var part = (int)Math.Min(chunk, count - done);
            var to = (byte*)destination + done * size;
            if (size == 4) weights.Read(info.Name, first + done, new Span<float>(to, part));
            else if (info.Type == TensorType.BF16) CopyRows(weights, info.Name, first + done, (int)row, new Span<byte>(to, part * size));
            else ReadRounded(weights, info.Name, first + done, new Span<ushort>(to, part));
        });
    }

    // Row by row: rows that are consecutive here need not be so in the file (llama's in a GGUF).
    static void CopyRows(IWeightSource weights, string name, long first, int row, Span<byte> to)
    {
        for (var done = 0; done < to.Length; done += row * 2)
        {
            var bytes = Math.Min(row * 2, to.Length - done);
            weights.Raw(name, first * 2 + done, bytes).CopyTo(to[done..]);
        }
    }

    static void ReadRounded(IWeightSource weights, string name, long first, Span<ushort> to)
    {
        var buffer = ArrayPool<float>.Shared.Rent(to.Length);
        var wide = buffer.AsSpan(0, to.Length);
        weights.Read(name, first, wide);
        Round(MemoryMarshal.Cast<float, uint>(wide), to);
        ArrayPool<float>.Shared.Return(buffer);
    }

    // fp32 to bf16, to nearest even. Weights hold no NaN that must be kept. Fully optimised at once, because loading ends before the JIT
    // would find it hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Round(ReadOnlySpan<uint> wide, Span<ushort> narrow)
    {
        var i = 0;
        if (Vector512.IsHardwareAccelerated)
            for (; i <= wide.Length - 32; i += 32)
            {
                var low = Rounded(Vector512.Create(wide.Slice(i, 16)));
                var high = Rounded(Vector512.Create(wide.Slice(i + 16, 16)));
                Vector512.CopyTo(Vector512.Narrow(low, high), narrow[i..]);
            }
        for (; i < wide.Length; i++) narrow[i] = (ushort)((wide[i] + 0x7FFF + ((wide[i] >> 16) & 1)) >> 16);
    }

    static Vector512<uint> Rounded(Vector512<uint> x)
    {
        var one = Vector512.Create(1u);
        return (x + Vector512.Create(0x7FFFu) + ((x >>> 16) & one)) >>> 16;
    }
}
