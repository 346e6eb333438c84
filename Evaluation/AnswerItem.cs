// One question of a fixed task, and the patterns that tell a right answer to it from a wrong one. Knows no file and no model.
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Majlis.Text.Chat;

namespace Majlis.Evaluation;

/// <param name="Task">The task the item belongs to: items of one task are counted together.</param>
/// <param name="Messages">OpenAI's messages, ending with the user's.</param>
/// <param name="Matches">.NET regular expressions that all must be found in the answer.</param>
public sealed record AnswerItem(string Task, JsonArray Messages, IReadOnlyList<string> Matches)
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(1);

    /// <summary>Passages for the chat template; null where there are none.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>.NET regular expressions of which none may be found in the answer.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    [JsonIgnore]
    public Conversation Conversation => new(Messages) { Documents = Documents };

    /// <summary>Whether the answer is right. A pattern that takes more than a second on it counts as not fulfilled.</summary>
    public bool Accepts(string answer)
    {
        try
        {
            return Matches.All(pattern => Found(pattern, answer)) && !Excludes.Any(pattern => Found(pattern, answer));
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>What is wrong with the item, or null.</summary>
    public string? Problem() => Messages.Count == 0 ? "'messages' is empty"
        : Matches.Count + Excludes.Count == 0 ? "'matches' and 'excludes' are both empty, so every answer would be right"
        : Matches.Concat(Excludes).Select(Wrong).FirstOrDefault(problem => problem is not null);

    static bool Found(string pattern, string answer) => Regex.IsMatch(answer, pattern, RegexOptions.CultureInvariant, patience);

    static string? Wrong(string pattern)
    {
        try
        {
            _ = Regex.Match("", pattern, RegexOptions.CultureInvariant, patience);
            return null;
        }
        catch (ArgumentException bad)
        {
            return $"'{pattern}' is no regular expression: {bad.Message}";
        }
    }
}
