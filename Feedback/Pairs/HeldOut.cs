// Draws the held-out prompts by their hash, so that no prompt is both trained on and held out. Knows no pairs.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Majlis.Feedback.Pairs;

public static class HeldOut
{
    /// <summary>Whether the first eight bytes of SHA-256("seed:hash"), as a fraction of 2^64, are below percent/100.</summary>
    public static bool Keeps(string promptHash, int seed, double percent)
    {
        var draw = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}:{promptHash}")));
        return draw / 18446744073709551616.0 < percent / 100;
    }
}
