// A whole file mapped for reading: opening costs no memory, the system's cache loads pages when they are used.
// Knows nothing of the content.
using System.IO.MemoryMappedFiles;
using Majlis.Text;
using Microsoft.Win32.SafeHandles;

namespace Majlis.Model.Weights;

/// <summary>Read-only bytes of a file. Safe for concurrent readers; spans are valid until it is disposed.</summary>
public sealed unsafe class MappedFile : IDisposable
{
    readonly SafeFileHandle file;
    readonly MemoryMappedFile? map;
    readonly MemoryMappedViewAccessor? view;
    byte* start;
    bool disposed;

    // The open file's length: a path's would be that of the link, and the hub's cache links to its blobs.
    MappedFile(string path)
    {
        Path = path;
        file = File.OpenHandle(path);
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

    /// <summary>
    /// Copies bytes out of the system's cache. For what is read once, from end to end, that takes less time than mapping its pages.
    /// </summary>
    /// <exception cref="IOException">The file has become shorter, or cannot be read.</exception>
    public void Copy(long offset, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        while (destination.Length > 0)
        {
            var count = RandomAccess.Read(file, destination, offset);
            if (count == 0) throw new EndOfStreamException($"{Path} ends at byte {offset}, before what its header lists.");
            offset += count;
            destination = destination[count..];
        }
    }

    public void Dispose()
    {
        if (disposed) return;
        disposed = true;
        file.Dispose();
        if (start is not null) view!.SafeMemoryMappedViewHandle.ReleasePointer();
        start = null;
        view?.Dispose();
        map?.Dispose();
    }
}
