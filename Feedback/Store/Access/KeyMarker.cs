// Remembers in the data folder that keys exist, so that a server whose store is away at its start does not take itself for one without
// keys. Knows no key.
namespace Majlis.Feedback.Store.Access;

public sealed class KeyMarker(string dataFolder)
{
    public const string FileName = "asks-for-keys";

    readonly string path = Path.Combine(dataFolder, FileName);

    public bool Exists => File.Exists(path);

    /// <summary>A folder that cannot be written refuses nobody: the store then has to be there at the next start.</summary>
    public void Make()
    {
        if (Exists) return;
        try
        {
            PrivateFile.CreateNew(path, "The store holds keys: the server asks for one, even while the store is away.\n"u8);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Tried again at the next look.
        }
    }
}
