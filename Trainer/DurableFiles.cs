// Files and folders that are either wholly there or not at all: written aside, flushed to disk, renamed. Knows nothing of their content.
namespace Majlis.Trainer;

static class DurableFiles
{
    /// <summary>Replaces a file's content in one step.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var aside = path + ".part";
        using (var file = new FileStream(aside, FileMode.Create, FileAccess.Write))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Makes a folder appear with everything <paramref name="fill"/> puts into it; what a killed try left is thrown away.</summary>
    public static void Create(string folder, Action<string> fill)
    {
        var aside = folder + ".part";
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        Directory.CreateDirectory(aside);
        fill(aside);
        foreach (var path in Directory.EnumerateFiles(aside, "*", SearchOption.AllDirectories))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            file.Flush(flushToDisk: true);
        }
        Directory.Move(aside, folder);
    }
}
