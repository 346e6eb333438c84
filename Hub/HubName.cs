// A model's name on the hub: ORG/NAME, with @revision, and with :QUANT where a repository holds several GGUF files.
using System.Text.RegularExpressions;

namespace Majlis.Hub;

/// <summary>
/// A repository, a revision of it (branch, tag or commit) and, for GGUF, a part of the file's name such as Q4_K_M.
/// </summary>
public sealed partial record HubName(string Repository, string Revision, string? Quantisation)
{
    /// <summary>Null where the text is not such a name, e.g. a path.</summary>
    public static HubName? TryParse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success || text.Contains("..", StringComparison.Ordinal) || text.Contains("--", StringComparison.Ordinal)) return null;
        return new HubName(match.Groups["repository"].Value,
            match.Groups["revision"] is { Success: true } revision ? revision.Value : "main",
            match.Groups["quantisation"] is { Success: true } quantisation ? quantisation.Value : null);
    }

    public override string ToString() => $"{Repository}{(Quantisation is null ? "" : $":{Quantisation}")}@{Revision}";

    [GeneratedRegex(@"^(?<repository>[A-Za-z0-9_][A-Za-z0-9._-]{0,95}/[A-Za-z0-9_][A-Za-z0-9._-]{0,95})" +
        @"(:(?<quantisation>[A-Za-z0-9._-]+))?(@(?<revision>[A-Za-z0-9_][A-Za-z0-9._/-]*))?\z")]
    private static partial Regex Form();
}
