// Prompts as ids equal transformers' own, with safe encoding and training masks.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

public sealed class ChatPromptTests
{
    static JsonNode Masks => JsonNode.Parse(File.ReadAllText(Shared.Require(Shared.Golden("text", "chat_masks.json"))))!;

    static Conversation Conversation(JsonNode entry, bool prompted) => new(entry["messages"]!.AsArray()) { AddGenerationPrompt = prompted };

    static int[] Numbers(JsonNode? array) => [.. array!.AsArray().Select(number => (int)number!)];

    [Fact, Trait("Golden", "Text")]
    public void Prompts_are_those_of_a_safe_encoding()
    {
        var (template, tokenizer) = (GoldenTemplates.Read("own/chatml-generation"), GoldenTemplates.Tokenizer("smollm2"));
        var mismatches = Masks["sanitized"]!.AsArray()
            .Where(entry => !ChatPrompt.Encode(template, tokenizer, Conversation(entry!, prompted: true))
            .SequenceEqual(Numbers(entry!["ids_sanitized"] ?? entry["ids"]))).Select(entry => (string)entry!["conversation"]!).ToList();
        GoldenReport.Line("Text", "chat prompts, safe", mismatches.Count, 0);
        Assert.Empty(mismatches);
    }

    [Fact, Trait("Golden", "Text")]
    public void Masks_mark_what_the_assistant_wrote()
    {
        var (template, tokenizer) = (GoldenTemplates.Read("own/chatml-generation"), GoldenTemplates.Tokenizer("smollm2"));
        List<string> mismatches = [];
        foreach (var entry in Masks["token_masks"]!.AsArray())
        {
            var prompt = ChatPrompt.EncodeWithMask(template, tokenizer, Conversation(entry!, prompted: false));
            // Those masks were made without a safe encoding: if a user spells a token, the ids differ and the mask is empty.
            var forged = (string?)entry!["conversation"] == "special_in_user";
            var same = forged ? !prompt.Assistant.Contains(true)
                : prompt.Ids.SequenceEqual(Numbers(entry["input_ids"])) && prompt.Assistant.Select(mine => mine ? 1 : 0)
                    .SequenceEqual(Numbers(entry["assistant_masks"]));
            if (!same) mismatches.Add((string)entry["conversation"]!);
        }
        GoldenReport.Line("Text", "assistant masks", mismatches.Count, 0);
        Assert.Empty(mismatches);
    }

    [Fact]
    public void Arguments_in_a_string_reach_the_template_as_an_object()
    {
        var template = ChatTemplate.Parse("{{ messages[0].tool_calls[0].function.arguments.city }}", new SpecialTokens());
        var call = new JsonObject { ["function"] = new JsonObject { ["name"] = "weather", ["arguments"] = "{\"city\": \"Amman\"}" } };
        Assert.Equal("Amman",
            PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(call) }])));
    }

    [Theory]
    [InlineData("{\"x\": \"\\ud83d\"}")]
    [InlineData("{\"\\ud83d\": 1}")]
    public void Arguments_that_spell_half_a_surrogate_pair_reach_the_template_as_the_text_they_are(string arguments)
    {
        var template = ChatTemplate.Parse("{{ messages[0].tool_calls[0].function.arguments }}", new SpecialTokens());
        var call = new JsonObject { ["function"] = new JsonObject { ["name"] = "weather", ["arguments"] = arguments } };
        Assert.Equal(arguments,
            PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(call) }])));
    }

    [Fact]
    public void Of_arguments_with_one_name_the_last_counts()
    {
        var template = ChatTemplate.Parse("{{ messages[0].tool_calls[0].function.arguments | tojson }}", new SpecialTokens());
        var call = new JsonObject { ["function"] = new JsonObject { ["arguments"] = "{\"a\": 1, \"b\": [1e2, null, true], \"a\": 2}" } };
        Assert.Equal("{\"a\": 2, \"b\": [100.0, null, true]}",
            PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "assistant", ["tool_calls"] = new JsonArray(call) }])));
    }

    [Theory]
    [InlineData("{% for m in messages %}{{ m.content }}{% endfor %}", "one\ntwo")]
    [InlineData("{% for m in messages %}{% for part in m.content %}[{{ part.text }}]{% endfor %}{% endfor %}", "[one][two]")]
    public void Content_reaches_the_template_in_a_shape_it_reads(string source, string expected)
    {
        var template = ChatTemplate.Parse(source, new SpecialTokens());
        var parts = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = "one" },
            new JsonObject { ["type"] = "text", ["text"] = "two" });
        Assert.Equal(expected, PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "user", ["content"] = parts }])));
    }

    [Fact]
    public void Plain_text_becomes_a_part_where_a_template_reads_only_parts()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.content[0].text }}{% endfor %}", new SpecialTokens());
        Assert.Equal("Hi", PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "user", ["content"] = "Hi" }])));
    }

    [Fact]
    public void Developers_speak_as_the_system_where_the_template_knows_none()
    {
        var template = ChatTemplate.Parse("{% for m in messages %}{{ m.role }}:{{ m.content }}{% endfor %}", new SpecialTokens());
        Assert.Equal("system:Be brief.",
            PromptText.Of(template, new Conversation([new JsonObject { ["role"] = "developer", ["content"] = "Be brief." }])));
    }
}
