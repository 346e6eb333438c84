// Writes safetensors, one file or shards with an index, in the layout of the Hugging Face libraries: reading a file and writing it again
// gives the same bytes. Tensors are streamed in chunks to their places, several at a time if asked. Knows nothing of their meaning.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Majlis.Text;
using Microsoft.Win32.SafeHandles;

namespace Majlis.Model.Weights;

/// <summary>Called once for each tensor, in the file's order, to write all of it.</summary>
public delegate void WriteTensor(TensorInfo tensor, TensorOutput output);

public static class SafetensorsWriter
{
    /// <summary>The shard size of transformers 4: 5 GB.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    static readonly JsonWriterOptions plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly JsonWriterOptions indented = plain with { Indented = true, NewLine = "\n" };
    static readonly KeyValuePair<string, string>[] torchFormat = [new("format", "pt")];

    /// <summary>Writes one file. Without <paramref name="metadata"/> it says `format: pt`, which transformers requires.</summary>
    public static void WriteFile(string path, IEnumerable<TensorInfo> tensors, WriteTensor write,
        IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        using var file = new OpenedFile(path, tensors, metadata ?? torchFormat);
        foreach (var (tensor, position) in file.Tensors) WriteTensor(file, tensor, position, write);
        file.Flush.Finish();
    }

    /// <summary>
    /// Writes `model.safetensors`, or shards of at most <paramref name="shardBytes"/> (a larger tensor gets its own) with their index.
    /// </summary>
    /// <param name="folder">Created where it is absent.</param>
    /// <param name="tensors">In the order in which shards are filled.</param>
    /// <param name="write">Called from as many threads as there are workers, for different tensors.</param>
    /// <param name="shardBytes">Bytes of tensors in a file, at most.</param>
    /// <param name="workers">Tensors written at a time.</param>
    public static void WriteFolder(string folder, IEnumerable<TensorInfo> tensors, WriteTensor write, long shardBytes = DefaultShardBytes,
        int workers = 1)
    {
        Directory.CreateDirectory(folder);
        var shards = Split(tensors, shardBytes);
        var names = shards.Count == 1 ? [SafetensorsFolder.SingleName] : Enumerable.Range(1, shards.Count)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"model-{part:00000}-of-{shards.Count:00000}.safetensors"))
            .ToArray();
        var files = new List<OpenedFile>();
        try
        {
            foreach (var (name, shard) in names.Zip(shards)) files.Add(new OpenedFile(Path.Combine(folder, name), shard, torchFormat));
            WriteTensors(files, write, workers);
            foreach (var file in files) file.Flush.Finish();
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
        if (shards.Count > 1) WriteIndex(Path.Combine(folder, SafetensorsFolder.IndexName), names, shards);
    }

    static void WriteTensors(IEnumerable<OpenedFile> files, WriteTensor write, int workers)
    {
        var all = files.SelectMany(file => file.Tensors.Select(tensor => (File: file, tensor.Tensor, tensor.Position)));
        if (workers == 1)
            foreach (var (file, tensor, position) in all) WriteTensor(file, tensor, position, write);
        else
            try
            {
                // One at a time from the list: buffered, a thread might take all large ones.
                Parallel.ForEach(Partitioner.Create(all, EnumerablePartitionerOptions.NoBuffering),
                    new ParallelOptions { MaxDegreeOfParallelism = workers },
                    each => WriteTensor(each.File, each.Tensor, each.Position, write));
            }
            catch (AggregateException several)
            {
                ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            }
    }

    static void WriteTensor(OpenedFile file, TensorInfo tensor, long position, WriteTensor write)
    {
        var output = new TensorOutput(file.Handle, file.Flush, position, tensor);
        write(tensor, output);
        output.Done();
    }

    /// <summary>A file with its header written, and the place of each tensor.</summary>
    sealed class OpenedFile : IDisposable
    {
        public OpenedFile(string path, IEnumerable<TensorInfo> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
        {
            // The reference's order: wide types first, so that everything is aligned; then by name.
            var ordered = tensors.OrderByDescending(tensor => AlignmentRank(tensor.Type))
                .ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToArray();
            var header = Header(path, ordered, metadata);
            var position = (long)header.Length;
            foreach (var tensor in ordered)
            {
                Tensors.Add((tensor, position));
                position += TensorLayout.Bytes(tensor.Type, tensor.Elements);
            }
            Handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
            Flush = new EarlyFlush(Handle);
            RandomAccess.Write(Handle, header, 0);
        }

        public SafeFileHandle Handle { get; }

        public EarlyFlush Flush { get; }

        public List<(TensorInfo Tensor, long Position)> Tensors { get; } = [];

        public void Dispose() => Handle.Dispose();
    }

    static List<List<TensorInfo>> Split(IEnumerable<TensorInfo> tensors, long shardBytes)
    {
        var shards = new List<List<TensorInfo>> { new() };
        var filled = 0L;
        foreach (var tensor in tensors)
        {
            var bytes = TensorLayout.Bytes(tensor.Type, tensor.Elements);
            if (shards[^1].Count > 0 && filled + bytes > shardBytes)
            {
                shards.Add([]);
                filled = 0;
            }
            shards[^1].Add(tensor);
            filled += bytes;
        }
        return shards;
    }

    static byte[] Header(string path, TensorInfo[] tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, plain))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            var offset = 0L;
            foreach (var tensor in tensors) WriteEntry(json, path, tensor, ref offset);
            json.WriteEndObject();
        }
        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        var header = new byte[8 + buffer.Length];
        BinaryPrimitives.WriteInt64LittleEndian(header, buffer.Length);
        buffer.ToArray().CopyTo(header, 8);
        return header;
    }

    static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        if (!metadata.Any()) return;
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in metadata) json.WriteString(key, value);
        json.WriteEndObject();
    }

    static void WriteEntry(Utf8JsonWriter json, string path, TensorInfo tensor, ref long offset)
    {
        var type = TensorLayout.SafetensorsName(tensor.Type)
            ?? throw new ModelFormatException($"{path}: tensor '{tensor.Name}' is {tensor.Type}, which safetensors has no name for.");
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", type);
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape) json.WriteNumberValue(size);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        offset += TensorLayout.Bytes(tensor.Type, tensor.Elements);
        json.WriteNumberValue(offset);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteIndex(string path, string[] names, List<List<TensorInfo>> shards)
    {
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream, indented);
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(tensor => TensorLayout.Bytes(tensor.Type, tensor.Elements))));
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        var places = names.Zip(shards).SelectMany(pair => pair.Second.Select(tensor => (tensor.Name, File: pair.First)));
        foreach (var (name, file) in places.OrderBy(place => place.Name, StringComparer.Ordinal)) json.WriteString(name, file);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The reference's order of types: by bytes per number, then BOOL, U8, I8, F8, I16, U16, F16, BF16, I32,
    /// ...</summary>
    static int AlignmentRank(TensorType type) => Array.IndexOf(byWidth, type);

    static readonly TensorType[] byWidth =
    [
        TensorType.Bool, TensorType.U8, TensorType.I8, TensorType.F8E5M2, TensorType.F8E4M3, TensorType.F8E8M0,
        TensorType.I16, TensorType.U16, TensorType.F16,
        TensorType.BF16, TensorType.I32, TensorType.U32, TensorType.F32, TensorType.F64, TensorType.I64, TensorType.U64,
    ];
}
