// A folder for one test, deleted when the test ends. Knows no content.
namespace Majlis.tests.Support;

public sealed class TemporaryFolder : IDisposable
{
    const int MostTries = 100;

    public string Path { get; } = Directory.CreateTempSubdirectory("majlis-").FullName;

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, byte[] content)
    {
        System.IO.File.WriteAllBytes(File(name), content);
        return File(name);
    }

    public void Dispose() => Remove(Path);

    /// <summary>A store that has just ended may still write a last file into a folder that is being deleted.</summary>
    public static void Remove(string path)
    {
        for (var tries = 1; Directory.Exists(path); tries++)
        {
            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (IOException) when (tries < MostTries)
            {
                Thread.Yield();
            }
        }
    }
}
