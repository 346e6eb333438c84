// Which models a job can begin with: the served version, whose weights lie in the catalogue or where the options say. Knows no job.
using Majlis.Inference;
using Majlis.Model;
using Majlis.Model.Catalog;
using Majlis.Server.Models;
using Majlis.Server.Training;
using Majlis.Server.Wire;

namespace Majlis.Server.FineTuning;

sealed class TrainableModels(ServerOptions options, Starter starter, ModelCatalog catalog, LiveModel live)
{
    /// <summary>The trainer's program; null where it is not there.</summary>
    public static string? Program => TrainerProgram.Find(AppContext.BaseDirectory);

    /// <summary>The model that a client's name means, or null with the reason in <paramref name="problem"/>.</summary>
    public LoadedModel? Find(string name, Problem problem)
    {
        if (live.Current is not { } model) problem.Add(ApiError.NoModel());
        else if (!ModelNames.Means(name, model, out var adapter))
            problem.Add(ApiError.UnknownModel(name, ModelNames.Describe(model)));
        else if (adapter is not null)
            problem.Add(ApiError.InvalidValue("model", $"Invalid 'model': '{name}' is an adapter; fine-tune what it stands on."));
        else if (Program is null || PathOf(model.Version) is null)
            problem.Add(ApiError.InvalidValue("model", $"Invalid 'model': '{name}' cannot be fine-tuned here: "
                + (Program is null ? "the trainer is not installed beside this server." : "its weights lie in no file that is known.")));
        return problem.First is null ? live.Current : null;
    }

    /// <summary>Where a version's weights lie, or a name of the hub; null where that is not known.</summary>
    public string? PathOf(string version)
    {
        if (catalog.Readable().Any(manifest => manifest.Id == version)) return catalog.ServePath(version);
        return (options.Model ?? starter.Folder) is { } path && FirstModel.Name(path) == version
            ? Path.Exists(path) ? Path.GetFullPath(path) : path : null;
    }

    /// <summary>Tokens that the served model reads; null while there is none.</summary>
    public int? Context => live.Current?.MaxContext;
}
