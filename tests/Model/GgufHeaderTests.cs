// An inconsistent GGUF header is refused with a message, before anything is allocated for it.
using System.Text;
using Majlis.Model.Weights.Gguf;
using Majlis.tests.Support;
using Majlis.Text;
using Xunit;

namespace Majlis.tests.Model;

public sealed class GgufHeaderTests : IDisposable
{
    readonly TemporaryFolder folder = new();
    readonly MemoryStream bytes = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_small_file_is_read_in_both_versions()
    {
        foreach (var version in new uint[] { 2, 3 })
        {
            bytes.SetLength(0);
            Head(1, 5, version);
            Key("n", 4).U32(7);
            Key("t", 8).Text("مجلس");
            Key("f", 6).Bytes(BitConverter.GetBytes(0.5f));
            Key("b", 7).Bytes([1]);
            Key("a", 9).U32(8).U64(2).Text("x").Text("y");
            Tensor("w", 0, 0, 2).Pad().Bytes(new byte[8]);
            using var file = GgufFile.Open(Save());
            Assert.Equal((7L, "مجلس", 0.5, true), (file.Integer("n"), file.Text("t"), file.Number("f"), file.Flag("b")));
            Assert.Equal(["x", "y"], file.Texts("a")!);
            Assert.Null(file.Text("absent"));
            Assert.Contains("key 't'", Assert.Throws<ModelFormatException>(() => file.Integer("t")).Message, StringComparison.Ordinal);
            Assert.Contains("key 'a'", Assert.Throws<ModelFormatException>(() => file.Integers("a")).Message, StringComparison.Ordinal);
            Assert.Equal([2L], Assert.Single(file.Tensors).Info.Shape);
        }
    }

    [Fact]
    public void Other_files_and_versions_are_refused()
    {
        Assert.Contains("not a GGUF", Message(folder.Write("x", "PK34....................."u8.ToArray())), StringComparison.Ordinal);
        Head(0, 0, 1);
        Assert.Contains("version 1", Message(Save()), StringComparison.Ordinal);
        bytes.SetLength(0);
        Head(0, 0, 0x03000000);
        Assert.Contains("big-endian", Message(Save()), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_and_lengths_beyond_the_file_are_refused()
    {
        Refused("number of tensors", () => Head(ulong.MaxValue, 0));
        Refused("number of keys", () => Head(0, 1UL << 40));
        Refused("name of key 0", () => Head(0, 1).U64(1UL << 62).Bytes(new byte[40]));
        Refused("key 'k'", () => { Head(0, 1); Key("k", 8).U64(ulong.MaxValue).Bytes(new byte[40]); });
        Refused("length of key 'k'", () => { Head(0, 1); Key("k", 9).U32(4).U64(1UL << 33).Bytes(new byte[40]); });
        Refused("element of", () => { Head(0, 1); Key("k", 9).U32(8).U64(2).Text("x").U64(99).Bytes(new byte[9]); });
        Refused("deeper", () => { Head(0, 1); Key("k", 9); for (var i = 0; i < 6; i++) U32(9).U64(1); Bytes(new byte[99]); });
        Refused("file ends inside", () => { Head(0, 1); Key("k", 10).Bytes(new byte[4]); });
    }

    [Fact]
    public void Keys_that_cannot_be_are_refused()
    {
        Refused("stands twice", () => { Head(0, 2); Key("k", 7).Bytes([1]); Key("k", 7).Bytes([0]); Bytes(new byte[9]); });
        Refused("not UTF-8", () => { Head(0, 1); Key("k", 8).U64(2).Bytes([0xff, 0xfe]); Bytes(new byte[9]); });
        Refused("not UTF-8", () => Head(0, 1).U64(2).Bytes([0xff, 0xfe]).Bytes(new byte[20]));
        Refused("value type 99", () => { Head(0, 1); Key("k", 99).Bytes(new byte[9]); });
        Refused("power of two", () => { Head(0, 1); Key("general.alignment", 4).U32(24).Bytes(new byte[9]); });
        Refused("power of two", () => { Head(0, 1); Key("general.alignment", 4).U32(0).Bytes(new byte[9]); });
    }

    [Fact]
    public void Tensors_that_cannot_be_are_refused()
    {
        Refused("'w' stands twice", () => { Head(2, 0); Tensor("w", 0, 0, 8); Tensor("w", 0, 32, 8).Pad().Bytes(new byte[64]); });
        Refused("overlap or leave a gap", () => { Head(2, 0); Tensor("v", 0, 0, 8); Tensor("w", 0, 0, 8).Pad().Bytes(new byte[64]); });
        Refused("overlap or leave a gap", () => { Head(2, 0); Tensor("v", 0, 0, 8); Tensor("w", 0, 64, 8).Pad().Bytes(new byte[96]); });
        Refused("overlap or leave a gap", () => { Head(1, 0); Tensor("w", 0, 4, 8).Pad().Bytes(new byte[64]); });
        Refused("overlap or leave a gap", () => { Head(1, 0); Tensor("w", 0, ulong.MaxValue, 8).Pad().Bytes(new byte[64]); });
        Refused("ends inside tensor 'w'", () => { Head(1, 0); Tensor("w", 0, 0, 99).Pad().Bytes(new byte[64]); });
        Refused("ends inside tensor 'w'", () => { Head(1, 0); Tensor("w", 0, 0, 1UL << 40).Pad().Bytes(new byte[64]); });
        Refused("impossible dimension", () => { Head(1, 0); Tensor("w", 0, 0, 1UL << 40, 1UL << 40).Pad().Bytes(new byte[64]); });
        Refused("impossible dimension 0", () => { Head(1, 0); Tensor("w", 0, 0, 0).Pad().Bytes(new byte[64]); });
        Refused("unknown type 4", () => { Head(1, 0); Tensor("w", 4, 0, 8).Pad().Bytes(new byte[64]); });
        Refused("blocks of 32", () => { Head(1, 0); Tensor("w", 8, 0, 40).Pad().Bytes(new byte[64]); });
        Refused("7 dimensions", () => { Head(1, 0); Tensor("w", 0, 0, 1, 1, 1, 1, 1, 1, 1).Pad().Bytes(new byte[64]); });
    }

    void Refused(string expected, Action write)
    {
        bytes.SetLength(0);
        write();
        Assert.Contains(expected, Message(Save()), StringComparison.Ordinal);
    }

    static string Message(string path) => Assert.Throws<ModelFormatException>(() => GgufFile.Open(path)).Message;

    string Save() => folder.Write("file.gguf", bytes.ToArray());

    GgufHeaderTests Head(ulong tensors, ulong keys, uint version = 3) => Bytes("GGUF"u8.ToArray()).U32(version).U64(tensors).U64(keys);

    GgufHeaderTests Key(string name, uint type) => Text(name).U32(type);

    GgufHeaderTests Tensor(string name, uint type, ulong offset, params ulong[] sizes)
    {
        Text(name).U32((uint)sizes.Length);
        foreach (var size in sizes) U64(size);
        return U32(type).U64(offset);
    }

    GgufHeaderTests Pad() => Bytes(new byte[(32 - bytes.Length % 32) % 32]);

    GgufHeaderTests Text(string text) => U64((ulong)Encoding.UTF8.GetByteCount(text)).Bytes(Encoding.UTF8.GetBytes(text));

    GgufHeaderTests U32(uint number) => Bytes(BitConverter.GetBytes(number));

    GgufHeaderTests U64(ulong number) => Bytes(BitConverter.GetBytes(number));

    GgufHeaderTests Bytes(byte[] more)
    {
        bytes.Write(more);
        return this;
    }
}
