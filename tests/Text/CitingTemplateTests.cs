// Which real templates belong to models that cite by marks, and that those which can ask for citations do so when told.
using System.Text.Json.Nodes;
using Majlis.tests.Server;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Citations;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.Text;

public sealed class CitingTemplateTests
{
    static string Zoo => Shared.Data("data", "chat-templates", "chat_templates.json");

    [Fact]
    public void They_are_those_of_command_r7b_and_its_kin()
    {
        var citing = GoldenTemplates.Entries(Shared.Require(Zoo)).Where(entry => GoldenTemplates.Parse(entry.Value).BringsCitations);
        Assert.Equal(
        [
            "CohereLabs/command-a-reasoning-08-2025",
            "command-r7b-arabic",
            "jinja-ikllama/Cohere2MoE",
            "jinja-ikllama/CohereForAI-c4ai-command-r7b-12-2024-tool_use",
            "jinja-llamacpp-2025/CohereForAI-c4ai-command-r7b-12-2024-tool_use",
            "library/command-a:111b",
            "library/command-r7b:7b",
        ], citing.Select(entry => entry.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{{ messages[0].content }} Use the symbols <co: doc> and </co: doc>.", true)]
    [InlineData("{{ messages[0].content }} Write facts as <co>0</co>.", false)]
    [InlineData("{{ messages[0].content }}", false)]
    public void Command_r_s_explains_its_marks_and_other_marks_are_others(string template, bool expected) =>
        Assert.Equal(expected, ChatTemplate.Parse(template, new SpecialTokens()).BringsCitations);

    [Theory]
    [InlineData("command-r7b-arabic", "## Grounding")]
    [InlineData("CohereLabs/command-a-reasoning-08-2025", "pair of tags \"<co>\"")]
    [InlineData("jinja-ikllama/Cohere2MoE", "pair of tags \"<co>\"")]
    public void One_that_can_ask_asks_when_told(string name, string question)
    {
        var template = GoldenTemplates.Parse(GoldenTemplates.Entries(Shared.Require(Zoo))[name]);
        var conversation = new Conversation([new JsonObject { ["role"] = "user", ["content"] = "Where?" }])
        {
            Documents = [new JsonObject { ["title"] = "Towns", ["text"] = "Moluto" }],
            // One of them lists tools wherever there are documents.
            Tools = [],
        };
        bool Asks(Conversation asked) => template.Render(asked).Contains(question, StringComparison.Ordinal);
        Assert.False(Asks(conversation));
        Assert.True(Asks(conversation with { Citations = true }));
        Assert.False(Asks(conversation with { Citations = false }));
        var own = new JsonObject { ["enable_citations"] = false, ["grounding"] = "disabled" };
        Assert.False(Asks(conversation with { Citations = true, Kwargs = own }));
    }

    [Fact]
    public void Marks_that_are_special_tokens_are_not_skipped()
    {
        var definition = JsonNode.Parse(TinyText.Tokenizer.ToJson())!;
        var special = definition["added_tokens"]!.AsArray();
        foreach (var mark in new[] { "<co>", "</co: ", "<stop>" })
        {
            var token = special[0]!.DeepClone();
            (token["id"], token["content"]) = (256 + special.Count, mark);
            special.Add(token);
        }
        var tokenizer = TextTokenizer.ParseJson(System.Text.Encoding.UTF8.GetBytes(definition.ToJsonString()), "marks");
        var ids = tokenizer.Encode("a<co>b</co: 0:[1]><stop>", addSpecialTokens: false);
        var (plain, kept) = (tokenizer.Stream(skipSpecialTokens: true), tokenizer.Stream(true, CitationStream.IsMarkToken));
        Assert.Equal("ab0:[1]>", string.Concat(ids.Select(plain.Push)) + plain.Flush());
        Assert.Equal("a<co>b</co: 0:[1]>", string.Concat(ids.Select(kept.Push)) + kept.Flush());
    }
}
