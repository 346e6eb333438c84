// The small model that comes with the program: where it lies, and whether its files are whole. Knows no host and not what the files hold.
using Majlis.Model.Hashes;
using Majlis.Text;

namespace Majlis.Model;

/// <param name="places">Folders that may hold models/starter; the first that does counts.</param>
public sealed class Starter(params string[] places)
{
    /// <summary>Lists every file of the starter with its sha256, in the format of sha256sum.</summary>
    public const string Sums = "SHA256SUMS";

    const string HowToNameAnother = "Name another model: --model PATH or ORG/NAME (or MAJLIS_MODEL=...), a GGUF file, "
        + "a Hugging Face folder or a model of its hub.";

    /// <summary>This process's: below the working directory, else beside the program, where images and published folders have it.</summary>
    public static Starter Here { get; } = new("", AppContext.BaseDirectory);

    /// <summary>The starter's folder; null where there is none.</summary>
    public string? Folder => Folders.FirstOrDefault(Directory.Exists);

    /// <summary>The starter's own tasks, as a trainer's gate takes them; null where it has none.</summary>
    public string? Tasks => Folder is { } folder && Path.Combine(folder, "tasks.jsonl") is var tasks && File.Exists(tasks) ? tasks : null;

    /// <summary>Says in two lines that there is none, and what helps.</summary>
    public string Absence => string.Join(Environment.NewLine,
        $"No model is named, and there is no starter in {string.Join(" or ", Folders)}. {HowToRestore}", HowToNameAnother);

    IEnumerable<string> Folders => places.Select(place => Path.Combine(place, "models", "starter"));

    static string HowToRestore => "In a clone `git checkout -- models/starter` brings it back.";

    /// <summary>Whether the path names the starter's folder.</summary>
    public bool Is(string path) => Folders.Any(folder => Whole(folder) == Whole(path));

    /// <summary>Checks the files of the starter against its list of hashes; any other model's path is left alone.</summary>
    /// <exception cref="ModelFormatException">
    /// A file is missing, changed or not listed, or there is no list; the message says how to restore it and how to name another model.
    /// </exception>
    public void Check(string path)
    {
        if (!Is(path)) return;
        try
        {
            ListedFiles.Check(path, Sums, HashList.Read(Path.Combine(path, Sums)));
        }
        catch (ModelFormatException damage)
        {
            throw new ModelFormatException(
                $"The starter is damaged. {damage.Message}{Environment.NewLine}{HowToRestore} {HowToNameAnother}", damage);
        }
    }

    static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
}
