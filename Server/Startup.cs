// From the command line to options and a model, or to lines that say what to do instead. Knows no host.
using Majlis.Feedback;
using Majlis.Inference;
using Majlis.Model;
using Majlis.Server.Hub;

namespace Majlis.Server;

/// <summary>Why the server does not start, in lines for the person who started it.</summary>
sealed class StartupException(params IEnumerable<string> lines) : Exception(string.Join(Environment.NewLine, lines));

static class Startup
{
    /// <summary>Options from appsettings.json, MAJLIS_* and the command line, the later ones winning.</summary>
    /// <exception cref="StartupException">Some are wrong; all of them are named.</exception>
    public static ServerOptions ReadOptions(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true)
            .AddEnvironmentVariables("MAJLIS_").AddCommandLine(args).Build();
        var (options, errors) = ServerOptions.Read(args, configuration);
        return errors.Count == 0 ? options : throw new StartupException(errors);
    }

    /// <summary>The catalogue's current version, or the model that is named, ready to answer.</summary>
    /// <exception cref="StartupException">There is none; the two lines say how to name one.</exception>
    public static async Task<LoadedModel> OpenModelAsync(ServerOptions options)
    {
        var first = FirstModel.Of(options, ServerParts.Real.Time) ?? throw new StartupException(
            "No model is named, and there is none in models/starter.",
            "Name one: --model PATH or ORG/NAME (or MAJLIS_MODEL=...), a GGUF file, a Hugging Face folder or a model of its hub.");
        var path = Path.Exists(first.Path) ? first.Path : await HubModel.ResolveAsync(first.Path, Console.Error.WriteLine);
        return ServerParts.Real.Open(path, first.Version).WarmUp(ServerParts.Real.Engine);
    }

    /// <summary>Whether a failure's message says enough to whoever started the server; others deserve their stack trace.</summary>
    public static bool Explains(Exception wrong) => wrong is StartupException or ModelFormatException or HubException
        or FeedbackUnavailableException or IOException or InvalidDataException or UnauthorizedAccessException;
}
