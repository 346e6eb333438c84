// The adapters that --adapter names, put on every model that is served. One that does not fit a model is not served with it, and requests
// for it are told why. Knows no request.
using System.Text.RegularExpressions;
using Majlis.Inference;
using Majlis.Model.Adapters;

namespace Majlis.Server.Models;

/// <param name="given">Each NAME=FOLDER, without problems.</param>
sealed partial class NamedAdapters(IEnumerable<string> given, ILogger<NamedAdapters> log)
{
    readonly (string Name, string Folder)[] adapters = [.. given.Select(Split)];

    /// <summary>The problems of the option, one line each.</summary>
    public static IEnumerable<string> Problems(IReadOnlyList<string> given)
    {
        foreach (var (option, (name, folder)) in given.Select(option => (option, Split(option))))
            if (folder.Length == 0) yield return $"--adapter: '{option}' is not NAME=FOLDER.";
            else if (!NameForm().IsMatch(name))
                yield return $"--adapter: '{name}' is no name: letters, digits, '.', '_' and '-', not beginning with '.', at most 100.";
            else if (!File.Exists(Path.Combine(folder, AdapterConfig.FileName)))
                yield return $"--adapter: there is no {AdapterConfig.FileName} in '{folder}'.";
        foreach (var twice in given.GroupBy(option => Split(option).Name).Where(same => same.Count() > 1))
            yield return $"--adapter: '{twice.Key}' is given {twice.Count()} times.";
    }

    /// <summary>Puts all on a model that no request has leased yet.</summary>
    public void Put(LoadedModel model)
    {
        foreach (var (name, folder) in adapters) new AdapterFolder(folder, folder).Serve(name, model, log);
    }

    static (string Name, string Folder) Split(string option) =>
        option.IndexOf('=') is >= 0 and var at ? (option[..at], option[(at + 1)..]) : (option, "");

    [GeneratedRegex(@"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\z")]
    private static partial Regex NameForm();
}
