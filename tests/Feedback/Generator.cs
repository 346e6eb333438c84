// A small seeded generator (xorshift), the same on every machine and runtime.
namespace Majlis.tests.Feedback;

sealed class Generator(int seed)
{
    ulong state = ((ulong)(uint)seed * 0x9E3779B97F4A7C15UL) | 1;

    /// <summary>A number from 0 to below the bound.</summary>
    public int Next(int bound)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return (int)(state % (ulong)bound);
    }

    public float NextFloat() => BitConverter.Int32BitsToSingle(Next(int.MaxValue));

    public string NextText(int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => char.ConvertFromUtf32(Letters[Next(Letters.Length)])));

    static readonly int[] Letters = ['a', 'Z', ' ', '\n', 0, 0xE9, 0x628, 0x64E, 0x4E2D, 0x1F600, 0x10FFFF];
}
