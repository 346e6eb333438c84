// Damages a real model file: at random, and at the places where lengths, numbers and names stand.
// Does not know what reads it.
using System.Buffers.Binary;
using System.Text;

namespace Majlis.fuzz;

/// <summary>Mutations of one file's bytes. Deterministic for a generator's seed.</summary>
sealed class FuzzMutator(Random random)
{
    static readonly string[] numbers =
        ["0", "1", "-1", "8", "1e3", "2147483647", "2147483648", "4294967296", "9223372036854775807", "18446744073709551615", "1e400",
            "null", "[]", "\"1\""];

    /// <summary>One to four mutations, most of them in the first <paramref name="header"/> bytes.</summary>
    public byte[] Mutate(byte[] seed, int header)
    {
        var bytes = seed;
        for (var i = random.Next(1, 5); i > 0; i--) bytes = Once(bytes, Math.Min(header, bytes.Length));
        return bytes;
    }

    byte[] Once(byte[] bytes, int header)
    {
        if (bytes.Length < 16) return [.. bytes, .. Noise(32)];
        var at = random.Next(0, Math.Max(1, random.Next(8) == 0 ? bytes.Length : header));
        return random.Next(9) switch
        {
            0 => Set(bytes, at, (byte)(bytes[at] ^ 1 << random.Next(8))),
            1 => Set(bytes, at, (byte)random.Next(256)),
            2 => bytes[..at],
            3 => [.. bytes[..at], .. Noise(random.Next(1, 16)), .. bytes[at..]],
            4 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 64))..]],
            5 => Copy(bytes, at),
            6 => Number(bytes, at, wide: true),
            7 => Number(bytes, at, wide: false),
            _ => bytes[8] == '{' ? JsonNumber(bytes, header) : KnownField(bytes, header),
        };
    }

    /// <summary>A small number of GGUF (a length, a count, a size) becomes one that is near it or absurd.</summary>
    byte[] KnownField(byte[] bytes, int header)
    {
        for (var tries = 0; tries < 64; tries++)
        {
            var at = random.Next(8, Math.Max(9, Math.Min(header, bytes.Length - 8)));
            var value = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            if (value is > 0 and < 1 << 20) return Write64(bytes, at, Interesting(value, bytes.Length));
        }
        return bytes;
    }

    byte[] JsonNumber(byte[] bytes, int header)
    {
        for (var tries = 0; tries < 64; tries++)
        {
            var at = random.Next(9, Math.Max(10, header));
            if (at >= bytes.Length || !char.IsAsciiDigit((char)bytes[at])) continue;
            var (start, end) = (at, at);
            while (char.IsAsciiDigit((char)bytes[start - 1])) start--;
            while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end])) end++;
            var replaced = (byte[])[.. bytes[..start], .. Encoding.ASCII.GetBytes(numbers[random.Next(numbers.Length)]), .. bytes[end..]];
            // The header's length stays right most of the time, or no mutation would pass the first check.
            var length = BinaryPrimitives.ReadInt64LittleEndian(replaced) + replaced.Length - bytes.Length;
            return random.Next(8) == 0 ? replaced : Write64(replaced, 0, (ulong)length);
        }
        return bytes;
    }

    byte[] Number(byte[] bytes, int at, bool wide)
    {
        if (at > bytes.Length - 8) return bytes;
        if (wide) return Write64(bytes, at, Interesting(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)), bytes.Length));
        var copy = bytes.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(at),
            (uint)Interesting(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at)), bytes.Length));
        return copy;
    }

    ulong Interesting(ulong value, int length) => random.Next(14) switch
    {
        0 => 0,
        1 => 1,
        2 => value + 1,
        3 => value - 1,
        4 => value * 2,
        5 => ulong.MaxValue,
        6 => long.MaxValue,
        7 => int.MaxValue,
        8 => uint.MaxValue,
        9 => 1UL << random.Next(64),
        10 => (ulong)length,
        11 => (ulong)(length - random.Next(64)),
        12 => (ulong)random.NextInt64(),
        _ => (ulong)random.Next(0, 300),
    };

    byte[] Copy(byte[] bytes, int at)
    {
        var from = random.Next(bytes.Length);
        var count = Math.Min(random.Next(1, 64), Math.Min(bytes.Length - from, bytes.Length - at));
        var copy = bytes.ToArray();
        bytes.AsSpan(from, count).CopyTo(copy.AsSpan(at));
        return copy;
    }

    byte[] Noise(int count)
    {
        var noise = new byte[count];
        random.NextBytes(noise);
        return noise;
    }

    static byte[] Set(byte[] bytes, int at, byte value)
    {
        var copy = bytes.ToArray();
        copy[at] = value;
        return copy;
    }

    static byte[] Write64(byte[] bytes, int at, ulong value)
    {
        var copy = bytes.ToArray();
        BinaryPrimitives.WriteUInt64LittleEndian(copy.AsSpan(at), value);
        return copy;
    }
}
