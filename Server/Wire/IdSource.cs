// Makes ids and seeds: random in production, a fixed sequence in tests.
using System.Security.Cryptography;

namespace Majlis.Server.Wire;

/// <summary>Makes ids of <c>prefix</c> plus 24 letters and digits, and seeds for requests without one.</summary>
public sealed class IdSource(Action<Span<byte>> fill)
{
    const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static IdSource Random { get; } = new(RandomNumberGenerator.Fill);

    public string Next(string prefix) => prefix + Text(24);

    /// <summary>
    /// Random letters and digits. 256 is no multiple of 62, so some are slightly more frequent; 24 of them still hold over 140 bits.
    /// </summary>
    public string Text(int length) => string.Create(length, this, static (text, source) =>
    {
        Span<byte> bytes = stackalloc byte[text.Length];
        source.Fill(bytes);
        for (var i = 0; i < text.Length; i++) text[i] = Letters[bytes[i] % Letters.Length];
    });

    /// <summary>A seed of 53 bits: JSON readers that only have doubles keep it exact.</summary>
    public long Seed()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BitConverter.ToInt64(bytes) & ((1L << 53) - 1);
    }

    void Fill(Span<byte> bytes) => fill(bytes);
}
