// The key of a cache block: a hash chain over (weights version, adapter, salt) and every token up to the block's end. Equal keys mean equal
// keys and values, so a cached block is never stale and never shared across salts.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Inference;

/// <summary>The first 128 bits of a SHA-256 chain.</summary>
public readonly record struct BlockKey(UInt128 Bits)
{
    /// <summary>
    /// The start of every chain of one snapshot, adapter and salt; of one rotation where its tables depend on the length; of fixed shapes
    /// or not.
    /// </summary>
    public static BlockKey Root(string weightsVersion, string? adapter, string? salt, int rotation = 0,
        bool isDeterministic = false)
    {
        var text = $"{weightsVersion.Length}:{weightsVersion}{adapter?.Length ?? -1}:{adapter}{salt?.Length ?? -1}:{salt}{rotation}"
            + (isDeterministic ? "d" : "");
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    /// <summary>The key of the block that holds <paramref name="tokens"/>, after everything that this key covers.</summary>
    public BlockKey Then(ReadOnlySpan<int> tokens)
    {
        Span<byte> bytes = stackalloc byte[16 + sizeof(int) * 256];
        var length = 16 + sizeof(int) * tokens.Length;
        if (length > bytes.Length) bytes = new byte[length];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, Bits);
        MemoryMarshal.AsBytes(tokens).CopyTo(bytes[16..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        return new(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }
}
