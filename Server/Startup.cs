// From options to a model, or to lines that tell what to do instead. Knows no host.
using Majlis.Feedback.Store;
using Majlis.Hub;
using Majlis.Inference;
using Majlis.Inference.Sentences;
using Majlis.Model.Catalog;
using Majlis.Server.Models;
using Majlis.Text;

namespace Majlis.Server;

/// <summary>Why the server does not start, in lines for the person who started it.</summary>
sealed class StartupException(params IEnumerable<string> lines) : Exception(string.Join(Environment.NewLine, lines));

static class Startup
{
    /// <summary>
    /// Opens the catalogue's current version, or the named model, ready to answer. A version that cannot be served is reported to <paramref
    /// name="say"/>, and the next is tried: the previous version, then the named model. Where the catalogue's pointer is damaged, versions
    /// are tried from newest to oldest.
    /// </summary>
    /// <exception cref="StartupException">There is no model; its two lines tell how to come by one.</exception>
    /// <exception cref="ModelFormatException">The last candidate cannot be served.</exception>
    public static async Task<LoadedModel> OpenModelAsync(ServerOptions options, ServerParts parts, Action<string> say,
        IProgress<string>? progress = null)
    {
        var catalog = new ModelCatalog(options.Catalog, parts.Time);
        var models = FirstModel.Of(options, parts.Starter, catalog, say).ToArray();
        for (var i = 0; i < models.Length; i++)
            try
            {
                return await OpenAsync(models[i], catalog, parts, progress);
            }
            catch (Exception broken) when (broken is ModelFormatException or IOException or UnauthorizedAccessException
                && models[i].IsInCatalog && i + 1 < models.Length)
            {
                say($"Version {models[i].Version} is refused: {broken.Message} Trying {models[i + 1].Version}.");
            }
        throw new StartupException(parts.Starter.Absence);
    }

    /// <summary>Opens the models of --embedding-model, --rerank-model and --reward-model.</summary>
    /// <exception cref="ModelFormatException">One cannot be served.</exception>
    public static async Task<Encoders> OpenEncodersAsync(ServerOptions options, IProgress<string>? progress = null)
    {
        var opener = ModelOpener.Of(options);
        return new(await OpenAsync(options.EmbeddingModel, opener.OpenSentences),
            await OpenAsync(options.RerankModel, opener.OpenReranker),
            await OpenAsync(options.RewardModel, opener.OpenRewardModel));

        async Task<SentenceModel?> OpenAsync(string? path, Func<string, string, SentenceModel> open) => path is null ? null
            : open(Path.Exists(path) ? path : await HubModel.ResolveAsync(path, progress), FirstModel.Name(path));
    }

    static async Task<LoadedModel> OpenAsync(FirstModel first, ModelCatalog catalog, ServerParts parts, IProgress<string>? progress)
    {
        var model = parts.Open(await first.FindAsync(catalog, parts.Starter, progress), first.Version, parts.Engine);
        try
        {
            return model.WarmUp();
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Whether the message alone helps whoever started the server; other failures keep their stack trace.</summary>
    public static bool Explains(Exception wrong) => wrong is StartupException or ModelFormatException or HubException
        or FeedbackUnavailableException or IOException or InvalidDataException or UnauthorizedAccessException;
}
