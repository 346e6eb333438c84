// Which model a server begins with: the catalogue's current version, else the one that is named, else the starter model.
// Opens nothing.
using Majlis.Model;
using Majlis.Model.Catalog;

namespace Majlis.Server;

/// <param name="Path">A GGUF file or a Hugging Face folder.</param>
/// <param name="Version">The name clients see.</param>
sealed record FirstModel(string Path, string Version)
{
    /// <summary>Null where nothing is named and nothing is there.</summary>
    /// <exception cref="ModelFormatException">The catalogue's pointer or its current version is damaged.</exception>
    public static FirstModel? Of(ServerOptions options, TimeProvider time)
    {
        var catalog = new ModelCatalog(options.Catalog, time);
        if (catalog.State().Current is not { } current)
            return options.ModelPath is { } path ? new FirstModel(path, Name(path)) : null;
        catalog.Verify(current);
        return new FirstModel(catalog.ServePath(current), current);
    }

    /// <summary>A model's name is its file's or folder's, without a weight file's ending; the hub's names are names already.</summary>
    static string Name(string path)
    {
        if (!System.IO.Path.Exists(path)) return path;
        var name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)));
        return name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }
}
