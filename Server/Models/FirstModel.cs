// Which model a server starts with: the catalogue's current version, then the previous one, then the model named in the options or the
// starter model. Opens nothing.
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Text;

namespace Majlis.Server.Models;

/// <param name="Path">A GGUF file or a Hugging Face folder.</param>
/// <param name="Version">The name clients see.</param>
sealed record FirstModel(string Path, string Version)
{
    /// <summary>The models in the order in which they are tried; empty where nothing is named or found.</summary>
    /// <param name="options">They may name a model.</param>
    /// <param name="starter">The model where they name none.</param>
    /// <param name="catalog">Holds the versions.</param>
    /// <param name="say">Called when the catalogue's pointer is damaged: then versions are tried from newest to oldest.</param>
    public static IEnumerable<FirstModel> Of(ServerOptions options, Starter starter, ModelCatalog catalog, Action<string> say)
    {
        foreach (var version in Versions(catalog, say))
            yield return new FirstModel(catalog.ServePath(version), version) { IsInCatalog = true };
        if ((options.Model ?? starter.Folder) is { } path) yield return new FirstModel(path, Name(path));
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

    /// <summary>Its files must match its manifest.</summary>
    public bool IsInCatalog { get; init; }

    /// <summary>
    /// A model's name is the name of its file or folder, without the extension of a weight file; hub names stay as they are.
    /// </summary>
    public static string Name(string path)
    {
        if (!System.IO.Path.Exists(path)) return path;
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }
}
