// The chat templates and conversations of the goldens.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

static class GoldenTemplates
{
    static readonly Lazy<Dictionary<string, JsonNode>> all = new(() => Entries(Shared.Golden("text", "chat_templates.json")));

    /// <summary>The templates with cases in a file; one row "absent" if the file is missing.</summary>
    public static TheoryData<string> Names(string cases) => !File.Exists(cases) ? ["absent"]
        : [.. JsonNode.Parse(File.ReadAllText(cases))!["cases"]!.AsArray().Select(golden => (string)golden!["template"]!).Distinct()];

    public static Dictionary<string, JsonNode> Entries(string file) =>
        JsonNode.Parse(File.ReadAllText(Shared.Require(file)))!["templates"]!.AsArray()
            .ToDictionary(entry => (string)entry!["name"]!, entry => entry!);

    /// <summary>A golden tokenizer, from the first of its definitions that exists.</summary>
    public static TextTokenizer Tokenizer(string name)
    {
        var definition = StoredTokenizers.Definitions(name).FirstOrDefault();
        Assert.SkipWhen(definition is null, $"no definition of the tokenizer {name} is here");
        return StoredTokenizers.Open(definition);
    }

    public static ChatTemplate Read(string name) => Parse(all.Value[name]);

    public static ChatTemplate Parse(JsonNode entry) => ChatTemplate.Parse((string)entry["template"]!,
        new SpecialTokens((string?)entry["special_tokens"]?["bos_token"], (string?)entry["special_tokens"]?["eos_token"]));

    public static Conversation Conversation(JsonNode golden) => new(golden["messages"]!.AsArray())
    {
        Tools = golden["tools"]?.AsArray(),
        Documents = golden["documents"]?.AsArray(),
        Kwargs = golden["kwargs"]?.AsObject(),
        AddGenerationPrompt = (bool?)golden["add_generation_prompt"] ?? false,
        ContinueFinalMessage = (bool?)golden["continue_final_message"] ?? false,
        Now = JinjaCheck.Noon,
    };
}
