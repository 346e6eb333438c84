// Cohere's own prompt layout, which they publish as a Liquid template: that template in Jinja word by word, and their
// request in the form that it reads.
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Majlis.tests.Text;
using Majlis.Text.Jinja;

namespace Majlis.tests.Model;

static partial class CohereLayout
{
    public static string Render(string liquid, JsonObject request) =>
        JinjaTemplate.Parse(ToJinja(liquid)).Render(Context(request), JinjaCheck.Noon).Text;

    /// <summary>Liquid keeps white space around tags and lets loops assign to outer variables; Jinja has + and namespaces for
    /// that.</summary>
    static string ToJinja(string liquid)
    {
        var assigned = Assignment().Matches(liquid).Select(match => match.Groups[1].Value).Distinct().ToList();
        return "{% set v = namespace() +%}" + Tag().Replace(liquid, tag => Translate(tag.Value, assigned));
    }

    static string Translate(string tag, List<string> assigned)
    {
        foreach (var name in assigned) tag = Regex.Replace(tag, $@"(?<![\w.'""]){name}\b", "v." + name);
        tag = Size().Replace(tag, "($1|length)").Replace("forloop.", "loop.", StringComparison.Ordinal)
            .Replace("downcase", "lower", StringComparison.Ordinal);
        tag = FilterArguments()
            .Replace(tag, match =>
            match.Groups[1].Value == "minus" ? $"- {match.Groups[2].Value}" : $"| {match.Groups[1].Value}({match.Groups[2].Value})");
        tag = Regex.Replace(tag, @"^(\{%[-]?\s*)unless\s+(.*?)(\s*-?%\})$", "$1if not ($2)$3", RegexOptions.Singleline);
        tag = Regex.Replace(tag, @"^(\{%-?\s*)(capture|assign)\b", "$1set").Replace("endcapture", "endset", StringComparison.Ordinal);
        tag = tag.Replace("endunless", "endif", StringComparison.Ordinal).Replace("elsif", "elif", StringComparison.Ordinal);
        if (!tag.StartsWith("{%", StringComparison.Ordinal)) return tag;
        if (tag[2] != '-') tag = tag.Insert(2, "+");
        return tag[^3] == '-' ? tag : tag.Insert(tag.Length - 2, "+");
    }

    static JsonObject Context(JsonObject request)
    {
        var context = new JsonObject
        {
            ["preamble"] = request["dev_instruction"]?.DeepClone(),
            ["messages"] = Messages(request),
            ["documents"] = Dumped(request["documents"]),
            ["available_tools"] = Tools(request),
            ["citation_mode"] = request["citation_quality"]?.DeepClone(),
            ["reasoning_options"] = (string?)request["reasoning_type"] == "enabled" ? new JsonObject { ["enabled"] = true } : null,
        };
        foreach (var name in new[] { "safety_mode", "json_mode", "json_schema", "response_prefix" })
            context[name] = request[name]?.DeepClone();
        // Liquid prints nothing where Jinja prints None.
        foreach (var absent in context.Where(member => member.Value is null).Select(member => member.Key).ToList()) context.Remove(absent);
        return context;
    }

    static JsonArray Tools(JsonObject request) => new([.. (request["available_tools"] as JsonArray ?? []).Select(tool => new JsonObject
    {
        ["name"] = (string?)tool!["name"],
        ["definition"] = new JsonObject { ["description"] = (string?)tool["description"], ["json_schema"] = Dump(tool["parameters"]) },
    })]);

    // Calls are numbered through the conversation; number 0 is the documents.
    static JsonArray Messages(JsonObject request)
    {
        var numbers = new Dictionary<string, int>();
        var first = request["documents"] is null ? 0 : 1;
        var messages = new JsonArray();
        foreach (var message in request["messages"]!.AsArray())
        {
            var calls = (message!["tool_calls"] as JsonArray ?? []).Select(call =>
            {
                var number = numbers[(string)call!["id"]!] = first + numbers.Count;
                return $$"""{"tool_call_id": "{{number}}", "tool_name": "{{call["name"]}}", "parameters": {{call["parameters"]}}}""";
            }).ToList();
            var content = message["content"]!.AsArray();
            var shaped = new JsonObject
            {
                ["role"] = ((string)message["role"]!)
                .ToUpperInvariant(),
                ["tool_calls"] = new JsonArray([.. calls])
            };
            shaped["content"] = new JsonArray([.. content.Where(part => part!["text"] is not null)
                .Select(part => new JsonObject { ["type"] = (string?)part!["type"], ["data"] = (string?)part["text"] })]);
            if (message["tool_call_id"] is { } id)
                shaped["tool_results"] = new JsonArray(new JsonObject
                {
                    ["tool_call_id"] = numbers[(string)id!].ToString(CultureInfo.InvariantCulture),
                    ["documents"] = Dumped(new JsonArray([.. content.Select(part => part!["document"]?.DeepClone())])),
                });
            messages.Add(shaped);
        }
        return messages;
    }

    static JsonArray? Dumped(JsonNode? items) =>
        items is null ? null : new JsonArray([.. items.AsArray().Select(item => JsonValue.Create(Dump(item)))]);

    static string Dump(JsonNode? value) =>
        JinjaTemplate.Parse("{{ x | tojson }}").Render(new JsonObject { ["x"] = value?.DeepClone() }, JinjaCheck.Noon).Text;

    [GeneratedRegex(@"\{%-?\s*assign\s+(\w+)")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\{%.*?%\}|\{\{(?![""{]).*?\}\}", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex(@"([\w.]+)\.size")]
    private static partial Regex Size();

    [GeneratedRegex(@"\|\s*(\w+):\s*('[^']*'(?:,\s*'[^']*')*|\d+)")]
    private static partial Regex FilterArguments();
}
