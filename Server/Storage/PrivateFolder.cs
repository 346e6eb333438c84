// A folder below --data that only this user can read: 0700, its files 0600. What is written there is there wholly or not at all, and
// survives a power cut. Knows nothing of its content.
using Majlis.Model;

namespace Majlis.Server.Storage;

sealed class PrivateFolder
{
    const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly string path;

    public PrivateFolder(params string[] parts)
    {
        path = Path.GetFullPath(Path.Combine(parts));
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else
        {
            Directory.CreateDirectory(path, OwnerFolder);
            File.SetUnixFileMode(path, OwnerFolder);
        }
        foreach (var left in Directory.EnumerateFiles(path, "*" + DurableFiles.Unfinished)) File.Delete(left);
    }

    public string PathOf(string name) => Path.Combine(path, name);

    public IEnumerable<string> Names(string suffix) => Directory.EnumerateFiles(path, "*" + suffix).Select(file => Path.GetFileName(file)!);

    /// <summary>A new file under a name that only <see cref="Keep"/> makes its own; what is left behind goes at the next start.</summary>
    public FileStream Begin(string name) => Open(PathOf(name) + DurableFiles.Unfinished, FileMode.Create);

    /// <summary>Gives a finished file its name; where that fails nothing is left of it.</summary>
    /// <param name="begun">From <see cref="Begin"/>; closed here.</param>
    public void Keep(FileStream begun, string name)
    {
        try
        {
            begun.Flush(flushToDisk: true);
            begun.Dispose();
            File.Move(PathOf(name) + DurableFiles.Unfinished, PathOf(name), overwrite: true);
        }
        catch
        {
            Drop(begun, name);
            throw;
        }
        DurableFiles.FlushFolder(path);
    }

    /// <summary>Drops what was begun; may be repeated.</summary>
    public void Drop(FileStream begun, string name)
    {
        try
        {
            begun.Dispose();
        }
        catch (IOException)
        {
            // A full disk takes the last bytes no more; the file is closed all the same, and they are not wanted.
        }
        File.Delete(PathOf(name) + DurableFiles.Unfinished);
    }

    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        var file = Begin(name);
        try
        {
            file.Write(content);
        }
        catch
        {
            Drop(file, name);
            throw;
        }
        Keep(file, name);
    }

    /// <summary>A file that grows line by line, at its end; it may be cut shorter.</summary>
    public FileStream Append(string name)
    {
        var file = Open(PathOf(name), FileMode.OpenOrCreate);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        return new FileStream(file, options);
    }
}
