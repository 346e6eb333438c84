// A whole file mapped for reading: opening costs no memory, the system's cache loads pages when they are used.
// Knows nothing of the content.
using System.IO.MemoryMappedFiles;
using Majlis.Text;

namespace Majlis.Model.Weights;

/// <summary>Read-only bytes of a file. Safe for concurrent readers; spans are valid until it is disposed.</summary>
public sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? map;
    readonly MemoryMappedViewAccessor? view;
    byte* start;
    bool disposed;

    // The open file's length: a path's would be that of the link, and the hub's cache links to its blobs.
    MappedFile(string path)
    {
        Path = path;
        using var file = File.OpenHandle(path);
        Length = RandomAccess.GetLength(file);
        if (Length == 0) return; // An empty file cannot be mapped and has no content.
        map = MemoryMappedFile.CreateFromFile(
            file, mapName: null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="ModelFormatException">The file is missing or cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            var why = error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : error.Message;
            throw new ModelFormatException($"{path}: {why}.", error);
        }
    }

    /// <summary>The bytes [<paramref name="offset"/>, offset + count), mapped, not copied.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - count);
        return new ReadOnlySpan<byte>(start + offset, count);
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        if (start is not null) view!.SafeMemoryMappedViewHandle.ReleasePointer();
        start = null;
        view?.Dispose();
        map?.Dispose();
    }
}
