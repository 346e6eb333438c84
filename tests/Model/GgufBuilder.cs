// Writes small GGUF files for tests: keys of the common types and F32 tensors. Knows nothing of models.
using System.Runtime.InteropServices;
using System.Text;

namespace Majlis.tests.Model;

sealed class GgufBuilder
{
    const int Alignment = 32;

    readonly List<Action<BinaryWriter>> keys = [];
    readonly List<(string Name, long[] Shape, float[] Numbers)> tensors = [];

    public GgufBuilder Key(string name, object value)
    {
        keys.Add(writer =>
        {
            Text(writer, name);
            switch (value)
            {
                case string text: writer.Write(8); Text(writer, text); break;
                case bool flag: writer.Write(7); writer.Write(flag); break;
                case int number: writer.Write(4); writer.Write(number); break;
                case float number: writer.Write(6); writer.Write(number); break;
                case int[] numbers: Array(writer, 4, numbers.Length, i => writer.Write(numbers[i])); break;
                case bool[] flags: Array(writer, 7, flags.Length, i => writer.Write(flags[i])); break;
                default: throw new ArgumentException($"No GGUF type for {value.GetType()}.", nameof(value));
            }
        });
        return this;
    }

    /// <param name="name">The tensor's name in the file.</param>
    /// <param name="shape">Row-major; the file stores it reversed.</param>
    /// <param name="numbers">All elements.</param>
    public GgufBuilder Tensor(string name, IEnumerable<long> shape, float[] numbers)
    {
        tensors.Add((name, [.. shape], numbers));
        return this;
    }

    public void Save(string path)
    {
        using var writer = new BinaryWriter(File.Create(path));
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write((long)tensors.Count);
        writer.Write((long)keys.Count);
        foreach (var key in keys) key(writer);
        var offset = 0L;
        foreach (var (name, shape, numbers) in tensors)
        {
            Text(writer, name);
            writer.Write(shape.Length);
            foreach (var size in shape.Reverse()) writer.Write(size);
            writer.Write(0);
            writer.Write(offset);
            offset += (numbers.Length * sizeof(float) + Alignment - 1) / Alignment * Alignment;
        }
        foreach (var (_, _, numbers) in tensors)
        {
            Pad(writer);
            writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
        }
        Pad(writer);
    }

    static void Array(BinaryWriter writer, int type, int count, Action<int> write)
    {
        writer.Write(9);
        writer.Write(type);
        writer.Write((long)count);
        for (var i = 0; i < count; i++) write(i);
    }

    static void Pad(BinaryWriter writer)
    {
        writer.Flush();
        while (writer.BaseStream.Position % Alignment != 0) writer.Write((byte)0);
    }

    static void Text(BinaryWriter writer, string text)
    {
        writer.Write((long)Encoding.UTF8.GetByteCount(text));
        writer.Write(Encoding.UTF8.GetBytes(text));
    }
}
