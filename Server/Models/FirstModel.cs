// Which model a server starts with: the catalogue's current version, then the previous one, then the model named in the options or the
// starter model; that one first where the first promotion was rolled back. Opens nothing.
using Majlis.Hub;
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
        var named = Named(options, starter);
        try
        {
            var state = catalog.State();
            FirstModel?[] all = [state.Current is { } current ? Kept(catalog, current) : named,
                state.Previous is { } previous ? Kept(catalog, previous) : null, state.Current is null ? null : named];
            return all.OfType<FirstModel>();
        }
        catch (ModelFormatException damaged)
        {
            say($"The catalogue does not say which version is served, so the newest one that verifies will be: {damaged.Message}");
            return [.. catalog.Candidates().Select(manifest => Kept(catalog, manifest.Id)), .. named is null ? [] : new[] { named }];
        }
    }

    /// <summary>The model named in the options, or the starter; null where there is neither.</summary>
    public static FirstModel? Named(ServerOptions options, Starter starter) =>
        (options.Model ?? starter.Folder) is { } path ? new(path, Name(path)) : null;

    /// <summary>A version of the catalogue.</summary>
    public static FirstModel Kept(ModelCatalog catalog, string version) => new(catalog.ServePath(version), version) { IsInCatalog = true };

    /// <summary>Its files must match its manifest.</summary>
    public bool IsInCatalog { get; init; }

    /// <summary>Checks its files, and downloads a model of the hub. Gives the path to open.</summary>
    /// <exception cref="ModelFormatException">A file is not what its list says.</exception>
    public async Task<string> FindAsync(ModelCatalog catalog, Starter starter, IProgress<string>? progress = null)
    {
        if (IsInCatalog) catalog.Verify(Version);
        else starter.Check(Path);
        return System.IO.Path.Exists(Path) ? Path : await HubModel.ResolveAsync(Path, progress);
    }

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
