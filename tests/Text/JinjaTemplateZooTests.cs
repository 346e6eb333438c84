// Hundreds of real templates: all parse, all render some text, and every damaged one ends at worst in a JinjaException.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Jinja;
using Xunit;

namespace Majlis.tests.Text;

public sealed class JinjaTemplateZooTests
{
    static string Zoo => Shared.Data("data", "chat-templates", "chat_templates.json");

    static readonly JsonObject user = new() { ["role"] = "user", ["content"] = "Hello, مرحبا" };
    static readonly JsonObject system = new() { ["role"] = "system", ["content"] = "Be brief." };
    static readonly JsonObject assistant = new() { ["role"] = "assistant", ["content"] = "Yes?" };

    static IEnumerable<Conversation> Conversations()
    {
        var tool = JsonNode.Parse("""
            {"type": "function", "function": {"name": "weather", "description": "The weather.", "parameters":
              {"type": "object", "properties": {"city": {"type": "string", "description": "Where"}}, "required": ["city"]}}}
            """);
        JsonObject[][] chats = [[user], [user, assistant, user], [system, user], [system, user, assistant, user]];
        foreach (var chat in chats)
        {
            var plain = new Conversation(new JsonArray([.. chat.Select(message => message.DeepClone())]))
            {
                AddGenerationPrompt = true,
                Now = JinjaCheck.Noon
            };
            yield return plain;
            yield return plain with { Tools = [tool!.DeepClone()] };
            yield return plain with
            {
                Kwargs = new JsonObject
                {
                    ["guideline"] = "none",
                    ["functions"] = "[]",
                    ["datetime"] = "today",
                    ["tools_in_user_message"] = true
                }
            };
        }
    }

    [Fact, Trait("Golden", "Text")]
    public void Every_template_parses_and_renders()
    {
        var failures = new List<string>();
        var entries = GoldenTemplates.Entries(Zoo);
        foreach (var (name, entry) in entries)
        {
            var template = GoldenTemplates.Parse(entry);
            var errors = Conversations().Select(conversation => Error(template, conversation)).ToList();
            if (!errors.Contains(null)) failures.Add($"{name}: {errors[0]}");
        }
        GoldenReport.Line("Text", $"{entries.Count} real templates render", failures.Count, 0);
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    static string? Error(ChatTemplate template, Conversation conversation)
    {
        try
        {
            Assert.NotEmpty(template.Render(conversation));
            return null;
        }
        catch (JinjaException error)
        {
            return $"{error.Kind}: {error.Message}";
        }
    }

    [Theory, Trait("Golden", "Text")]
    [InlineData("e2e.jsonl", "chat_template", "data")]
    [InlineData("templates.jsonl", "template", "context")]
    public void Another_engines_pieces_render_or_say_why_not(string file, string source, string context)
    {
        var lines = File.ReadAllLines(Shared.Require(Shared.Data("data", "hf-jinja", file)));
        var silent = 0;
        foreach (var line in lines)
        {
            var entry = JsonNode.Parse(line)!;
            try
            {
                JinjaTemplate.Parse((string)entry[source]!).Render(entry[context]!.DeepClone().AsObject(), JinjaCheck.Noon);
            }
            catch (JinjaException error)
            {
                if (string.IsNullOrWhiteSpace(error.Message)) silent++;
            }
        }
        GoldenReport.Line("Text", $"hf-jinja {file} ({lines.Length})", silent, 0);
        Assert.Equal(0, silent);
    }

    [Fact]
    public void Damaged_templates_end_in_a_JinjaException_or_a_text()
    {
        var entries = GoldenTemplates.Entries(Zoo).Values.ToList();
        var chance = new DamagedText(seed: 20250710);
        var conversation = Conversations().ElementAt(4);
        for (var i = 0; i < 1500; i++)
        {
            var damaged = chance.Damage((string)entries[i % entries.Count]["template"]!);
            try
            {
                ChatTemplate.Parse(damaged, new SpecialTokens("<s>", "</s>")).Render(conversation);
            }
            catch (JinjaException)
            {
                // The only exception allowed.
            }
        }
    }
}
