// Which model a server begins with: the catalogue's current version, behind it the previous one, then the one that is named or the
// starter model. Opens nothing.
using Majlis.Model.Catalog;
using Majlis.Text;

namespace Majlis.Server.Models;

/// <param name="Path">A GGUF file or a Hugging Face folder.</param>
/// <param name="Version">The name clients see.</param>
sealed record FirstModel(string Path, string Version)
{
    /// <summary>In the order in which they are to be tried; none where nothing is named and nothing is there.</summary>
    /// <param name="options">What is named.</param>
    /// <param name="catalog">Where versions are.</param>
    /// <param name="say">Told when the catalogue's pointer is damaged: then its versions are tried from the newest on.</param>
    public static IEnumerable<FirstModel> Of(ServerOptions options, ModelCatalog catalog, Action<string> say)
    {
        foreach (var version in Versions(catalog, say))
            yield return new FirstModel(catalog.ServePath(version), version) { IsInCatalog = true };
        if (options.ModelPath is { } path) yield return new FirstModel(path, Name(path));
    }

    static IEnumerable<string> Versions(ModelCatalog catalog, Action<string> say)
    {
        try
        {
            var state = catalog.State();
            return new[] { state.Current, state.Previous }.OfType<string>();
        }
        catch (ModelFormatException damaged)
        {
            say($"The catalogue does not say which version is served, so the newest one that verifies will be: {damaged.Message}");
            return catalog.Candidates().Select(manifest => manifest.Id);
        }
    }

    /// <summary>Its files have to be what its manifest says.</summary>
    public bool IsInCatalog { get; init; }

    /// <summary>A model's name is its file's or folder's, without a weight file's ending; the hub's names are names already.</summary>
    static string Name(string path)
    {
        if (!System.IO.Path.Exists(path)) return path;
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }
}
