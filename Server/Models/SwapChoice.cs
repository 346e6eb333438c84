// Whether a new version is loaded beside the running one, or after it. Opens nothing.
using Majlis.Text;

namespace Majlis.Server.Models;

sealed class SwapChoice(ServerOptions options, ServerParts parts)
{
    public const string Auto = "auto";
    public const string Overlap = "overlap";
    public const string Drain = "drain";

    /// <summary>The problems, one line each, starting with the option's name.</summary>
    public static IEnumerable<string> Problems(ServerOptions options)
    {
        if (options.Swap is not (Auto or Overlap or Drain))
            yield return $"--swap: '{options.Swap}' is none of {Auto}, {Overlap}, {Drain}.";
    }

    /// <summary>Whether what runs ends before the version at this path is loaded.</summary>
    /// <exception cref="ModelFormatException">There is no model.</exception>
    public bool Drains(string path) => options.Swap == Drain || options.Swap == Auto && !parts.Fits(path, parts.Engine);
}
