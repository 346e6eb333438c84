// A GGUF model's tensors under Hugging Face names and with Hugging Face's order of rows. TensorDecoder decodes them.
using System.Collections.Frozen;
using System.Collections.Immutable;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

/// <summary>
/// The weights of one GGUF file or of a split one. llama's q and k rows are reordered: file row h*d + 2j + s is row h*d + s*d/2 + j here.
/// </summary>
public sealed class GgufWeights : IWeightSource
{
    /// <summary>Where a tensor is, and how its rows and numbers differ from the Hugging Face layout.</summary>
    sealed record Source(GgufFile File, GgufTensor Tensor, TensorInfo Info, int PermutedHeads, bool PlusOne);

    readonly ImmutableArray<GgufFile> files;
    readonly FrozenDictionary<string, Source> sources;

    GgufWeights(ImmutableArray<GgufFile> files)
    {
        this.files = files;
        var family = GgufFamily.Of(files[0]);
        var found = new Dictionary<string, Source>(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var tensor in file.Tensors.Where(tensor => !GgufFamily.IsTable(tensor.Info.Name)))
            {
                var name = family.HuggingFaceName(tensor.Info.Name)
                    ?? throw new ModelFormatException($"{file.Path}: tensor '{tensor.Info.Name}' has no place in a {family.ModelType} " +
                        $"network.");
                var plusOne = family.NormsPlusOne && name.EndsWith("norm.weight", StringComparison.Ordinal);
                var source = new Source(file, tensor, tensor.Info with { Name = name }, Heads(family, tensor), plusOne);
                if (!found.TryAdd(name, source)) throw new ModelFormatException($"{file.Path}: tensor '{tensor.Info.Name}' stands twice.");
            }
        sources = found.ToFrozenDictionary(StringComparer.Ordinal);
        Tensors = found.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Info, StringComparer.Ordinal);
    }

    /// <summary>The (first) file, for its keys.</summary>
    public GgufFile File => files[0];

    internal GgufParts Parts => new(files);

    public IEnumerable<string> Files => files.Select(file => file.Path);

    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <summary>Opens a file, and its other parts if it was split.</summary>
    /// <exception cref="ModelFormatException">Missing, malformed, an unknown architecture or an unknown tensor.</exception>
    public static GgufWeights Open(string path)
    {
        var opened = new List<GgufFile>();
        try
        {
            opened.Add(GgufFile.Open(path));
            foreach (var other in GgufSplit.OtherParts(opened[0])) opened.Add(GgufFile.Open(other));
            return new GgufWeights([.. opened]);
        }
        catch
        {
            foreach (var file in opened) file.Dispose();
            throw;
        }
    }

    public void Read(string name, long firstElement, Span<float> destination)
    {
        var source = Find(name);
        TensorRange.Check(source.File.Path, source.Info, firstElement, destination.Length);
        if (source.PermutedHeads == 0) source.File.Widen(source.Tensor, firstElement, destination);
        else ReadPermuted(source, firstElement, destination);
        if (!source.PlusOne) return;
        for (var i = 0; i < destination.Length; i++) destination[i] -= 1;
    }

    /// <remarks>For llama's q and k, only a range inside one row: the file has another order of rows.</remarks>
    public ReadOnlySpan<byte> Raw(string name, long firstByte, int byteCount)
    {
        var source = Find(name);
        if (source.PlusOne)
            throw new ModelFormatException($"{source.File.Path}: {name} is stored as 1 + weight; its raw bytes are not the weight's.");
        if (source.PermutedHeads == 0) return source.File.Raw(source.Tensor, firstByte, byteCount);
        var rows = source.Info.Shape[0];
        var bytesPerRow = source.Tensor.Bytes / rows;
        var (row, within) = Math.DivRem(firstByte, bytesPerRow);
        if (row < 0 || row >= rows || byteCount > bytesPerRow - within)
            throw new ModelFormatException($"{source.File.Path}: {name} has rows of {bytesPerRow} bytes in another order; asked for " +
                $"{byteCount} from {firstByte} on.");
        return source.File.Raw(source.Tensor, FileRow(source, row) * bytesPerRow + within, byteCount);
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    static void ReadPermuted(Source source, long firstElement, Span<float> destination)
    {
        var width = source.Info.Elements / source.Info.Shape[0];
        while (destination.Length > 0)
        {
            var (row, within) = Math.DivRem(firstElement, width);
            var count = (int)Math.Min(width - within, destination.Length);
            source.File.Widen(source.Tensor, FileRow(source, row) * width + within, destination[..count]);
            firstElement += count;
            destination = destination[count..];
        }
    }

    static long FileRow(Source source, long row)
    {
        var size = source.Info.Shape[0] / source.PermutedHeads;
        var (head, within) = Math.DivRem(row, size);
        var (half, pair) = Math.DivRem(within, size / 2);
        return head * size + 2 * pair + half;
    }

    /// <summary>How many heads' rows are permuted: those of q and of k if the architecture permutes, else 0.</summary>
    int Heads(GgufFamily family, GgufTensor tensor)
    {
        if (!family.PermutedHeads || tensor.Info.Name.Split('.') is not [_, _, ("attn_q" or "attn_k") and var part, _]) return 0;
        var heads = part == "attn_q" ? GgufConfig.Heads(files[0]) : GgufConfig.KeyValueHeads(files[0]);
        if (tensor.Info.Shape.IsEmpty || tensor.Info.Shape[0] % (2 * heads) != 0)
            throw new ModelFormatException($"{files[0].Path}: tensor '{tensor.Info.Name}' does not divide into {heads} heads of an even " +
                $"size.");
        return heads;
    }

    Source Find(string name) => sources.GetValueOrDefault(name)
        ?? throw new ModelFormatException($"{files[0].Path}: there is no tensor '{name}'.");
}
