// The option that says where guesses of further tokens come from. Opens nothing.
namespace Majlis.Server.Models;

static class SpeculationChoice
{
    /// <summary>Guesses come from each answer's own past.</summary>
    public const string Ngram = "ngram";

    /// <summary>The path of the small model that guesses; null where none does.</summary>
    public static string? Draft(ServerOptions options) => options.Speculate is null or Ngram ? null : options.Speculate;

    /// <summary>The problems, one line each, starting with the option's name.</summary>
    public static IEnumerable<string> Problems(ServerOptions options)
    {
        if (Draft(options) is { } path && !Path.Exists(path))
            yield return $"--speculate: '{path}' is neither {Ngram} nor a GGUF file or Hugging Face folder.";
    }
}
