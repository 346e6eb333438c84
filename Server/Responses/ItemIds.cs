// Ids of items: each holds the text of its response's id, so that an item is found without a list of items. Knows no item.
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Majlis.Server.Responses;

static partial class ItemIds
{
    public const string ResponsePrefix = "resp_";

    public static string Output(string response, string type, int index) => Id(response, type, 'o', index);

    /// <summary>The items, each with an id of its own: the one that it has, or a new one where it has none or that of one before.</summary>
    public static JsonArray Named(JsonArray items, string response)
    {
        var seen = new HashSet<string>();
        foreach (var (index, item) in items.Index())
            if ((string?)item!["id"] is not { } own || !seen.Add(own)) item["id"] = Id(response, (string)item["type"]!, 'i', index);
        return items;
    }

    /// <summary>The id of the response that an item belongs to, or null where the id is none of ours.</summary>
    public static string? ResponseOf(string item) =>
        Form().Match(item) is { Success: true } found ? ResponsePrefix + found.Groups[1].Value : null;

    static string Id(string response, string type, char side, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix(type)}_{response[ResponsePrefix.Length..]}{side}{index}");

    static string Prefix(string type) => type switch
    {
        "function_call" or "function_call_output" => "fc",
        "reasoning" => "rs",
        _ => "msg",
    };

    [GeneratedRegex("^[a-z]+_([0-9A-Za-z]{24})[io][0-9]+$")]
    private static partial Regex Form();
}
