// Writes that survive a power cut: bytes first, then the name, then the folder that holds the name. Files and folders exist wholly
// or not at all. Knows nothing of their content.
using System.Runtime.InteropServices;

namespace Majlis.Model;

public static partial class DurableFiles
{
    /// <summary>The suffix of files and folders that are being written.</summary>
    public const string Unfinished = ".part";

    /// <summary>Replaces a file; a reader, or a machine after a crash, sees the old content or the new one, nothing between.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + Unfinished;
        using (var file = File.Create(temporary))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Creates a folder at once with everything <paramref name="fill"/> writes into it, in the place of an empty one if it is there, also
    /// behind a link; removes what a killed or failed try left. One process at a time, and never what others made: a file beside the
    /// unfinished folder, locked while it is written, says whose it is.
    /// </summary>
    /// <exception cref="IOException">Another process creates it, or something else has the unfinished folder's name.</exception>
    public static void Create(string folder, Action<string> fill)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder)) folder = Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
        var temporary = folder + Unfinished;
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        using var claim = Claim(folder, temporary);
        try
        {
            Directory.CreateDirectory(temporary);
            fill(temporary);
            FlushTree(temporary);
            if (Directory.Exists(folder)) Directory.Delete(folder);
            Directory.Move(temporary, folder);
        }
        catch
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true); // on a full disk others need the room
            throw;
        }
        finally
        {
            File.Delete(claim.Name);
        }
        FlushFolder(Path.GetDirectoryName(folder)!);
    }

    /// <summary>Deletes a folder; a kill meanwhile leaves no half of it under its own name, and the next call takes what it left.</summary>
    public static void Remove(string folder)
    {
        var removed = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(folder))!, "removed" + Unfinished);
        if (Directory.Exists(removed)) Directory.Delete(removed, recursive: true);
        Directory.Move(folder, removed);
        Directory.Delete(removed, recursive: true);
    }

    // Held open and locked until the folder is there.
    static FileStream Claim(string folder, string temporary)
    {
        var path = temporary + ".lock";
        var isLeft = File.Exists(path);
        FileStream claim;
        try
        {
            claim = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new IOException($"{folder}: another process is writing it; {path} is locked.");
        }
        try
        {
            if (!Directory.Exists(temporary)) return claim;
            if (!isLeft && Directory.EnumerateFileSystemEntries(temporary).Any())
                throw new IOException($"{temporary} is in the way: it was not left by an earlier try. Move it away, or choose another name "
                    + $"than {folder}.");
            Directory.Delete(temporary, recursive: true);
            return claim;
        }
        catch
        {
            // A try that was left stays known as one.
            if (!isLeft) File.Delete(path);
            claim.Dispose();
            throw;
        }
    }

    /// <summary>Flushes every file and folder under <paramref name="folder"/>, itself included.</summary>
    public static void FlushTree(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) FlushFolder(inner);
        FlushFolder(folder);
    }

    /// <summary>Makes a folder's new and renamed entries durable; Windows does so by itself and has no call for it.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0) throw new IOException($"{folder}: cannot be opened to be flushed (errno {Marshal.GetLastPInvokeError()}).");
        var failed = Flush(descriptor) != 0;
        _ = Close(descriptor);
        if (failed) throw new IOException($"{folder}: cannot be flushed to disk (errno {Marshal.GetLastPInvokeError()}).");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
