// Files that only their owner may read and nobody sees half written. Knows no content.
namespace Majlis.Feedback.Store;

static class PrivateFile
{
    /// <summary>Writes a file of mode 0600 in one piece: a temporary one beside it, flushed, then renamed over it.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, overwrite: true);

    /// <summary>Like <see cref="Replace"/>, but an existing file stays: the first writer wins.</summary>
    public static void CreateNew(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            Write(path, content, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process made it between our look and our rename; theirs stands.
        }
    }

    static void Write(string path, ReadOnlySpan<byte> content, bool overwrite)
    {
        PrivateFolder.Create(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var draft = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, path, overwrite);
        }
        finally
        {
            File.Delete(draft);
        }
    }
}
