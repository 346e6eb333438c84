// Reads little-endian numbers in a quantised block.
using System.Buffers.Binary;

namespace Majlis.Model.Weights.Decoding;

static class BlockBytes
{
    public static float Half(ReadOnlySpan<byte> source, int at) => (float)BinaryPrimitives.ReadHalfLittleEndian(source[at..]);

    public static uint U32(ReadOnlySpan<byte> source, int at) => BinaryPrimitives.ReadUInt32LittleEndian(source[at..]);

    public static int U16(ReadOnlySpan<byte> source, int at) => BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
}
