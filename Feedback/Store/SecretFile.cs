// A file that holds one secret and nothing else, as container platforms mount them. Knows no secret's form.
namespace Majlis.Feedback.Store;

public static class SecretFile
{
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string Read(string path) => File.ReadAllText(path).TrimEnd('\r', '\n');

    /// <summary>What is wrong with the file, in words that follow its name; null where it holds one line.</summary>
    /// <param name="what">What is expected in it.</param>
    public static string? Problem(string path, string what)
    {
        try
        {
            return Read(path) switch
            {
                "" => $"is empty; {what} is expected in it",
                var content when content.Contains('\n') => $"has several lines; {what} alone is expected in it",
                _ => null,
            };
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "cannot be read";
        }
    }
}
