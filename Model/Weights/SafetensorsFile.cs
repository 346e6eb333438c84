// One safetensors file, mapped. Knows nothing of shards, of names' meaning or of decoding.
using System.Collections.Frozen;
using Majlis.Text;

namespace Majlis.Model.Weights;

/// <summary>Tensors of one safetensors file under their stored names.</summary>
public sealed class SafetensorsFile : IWeightSource
{
    readonly MappedFile file;
    readonly FrozenDictionary<string, SafetensorsEntry> entries;

    SafetensorsFile(MappedFile file)
    {
        this.file = file;
        var header = SafetensorsHeader.Read(file);
        entries = header.Entries.ToFrozenDictionary(entry => entry.Info.Name, StringComparer.Ordinal);
        Tensors = header.Entries.ToFrozenDictionary(entry => entry.Info.Name, entry => entry.Info, StringComparer.Ordinal);
        Metadata = header.Metadata;
    }

    public string Path => file.Path;

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>The header's `__metadata__`; empty if there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="ModelFormatException">Missing, truncated or malformed; the message names the file and the tensor.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Read(string name, long firstElement, Span<float> destination)
    {
        var (info, offset, _) = Find(name);
        TensorRange.Check(Path, info, firstElement, destination.Length);
        TensorDecoder.Widen(info.Type, file, offset + firstElement * TensorLayout.Block(info.Type).Bytes, destination);
    }

    public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount) =>
        file.Bytes(Offset(name, firstByte, byteCount), byteCount);

    /// <summary>The same bytes copied, as is best for all of a tensor once.</summary>
    public void CopyRaw(string name, long firstByte, Span<byte> destination) =>
        file.Copy(Offset(name, firstByte, destination.Length), destination);

    public void Dispose() => file.Dispose();

    long Offset(string name, long firstByte, int byteCount)
    {
        var (info, offset, bytes) = Find(name);
        if (firstByte < 0 || byteCount < 0 || firstByte > bytes - byteCount)
            throw new ModelFormatException($"{Path}: {info.Name} has {bytes} bytes; asked for {byteCount} from {firstByte} on.");
        return offset + firstByte;
    }

    SafetensorsEntry Find(string name) => entries.GetValueOrDefault(name)
        ?? throw new ModelFormatException($"{Path}: there is no tensor '{name}'.");
}
