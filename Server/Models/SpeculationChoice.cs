// Checks the option that says where guesses of further tokens come from. Opens nothing.
namespace Majlis.Server.Models;

static class SpeculationChoice
{
    /// <summary>Guesses come from each sequence's own past.</summary>
    public const string Ngram = "ngram";

    /// <summary>The problems, one line each, starting with the option's name.</summary>
    public static IEnumerable<string> Problems(ServerOptions options)
    {
        if (options.Speculate is not (null or Ngram)) yield return $"--speculate: '{options.Speculate}' is not {Ngram}.";
    }
}
