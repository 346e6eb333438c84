// The starter's chat template and tokenizer: what a prompt looks like, and that its marks are single tokens which no text can forge.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Majlis.Text.Chat;
using Majlis.Text.Tokenizers;
using Xunit;

namespace Majlis.tests.recipes;

public sealed class StarterTemplateTests
{
    static readonly string folder = TinyStarter.ModelFolder;
    static readonly TextTokenizer tokenizer = TextTokenizer.FromJson(Path.Combine(folder, "tokenizer.json"));
    static readonly ChatTemplate template = TemplateFiles.Read(folder)!;

    static JsonObject Said(string role, string text) => new() { ["role"] = role, ["content"] = text };

    static string Prompt(Conversation conversation) => tokenizer.Decode(
        ChatPrompt.Encode(template, tokenizer, conversation with { AddGenerationPrompt = true }), skipSpecialTokens: false);

    [Fact]
    public void A_chat_is_turns_and_the_answer_begins_a_response() => Assert.Equal(
        "<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Be kind.<|END_OF_TURN_TOKEN|>"
        + "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>مرحبًا<|END_OF_TURN_TOKEN|>"
        + "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_RESPONSE|>Hello!<|END_RESPONSE|><|END_OF_TURN_TOKEN|>"
        + "<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Again<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_RESPONSE|>",
        Prompt(new Conversation([Said("system", "Be kind."), Said("user", "مرحبًا"), Said("assistant", "Hello!"), Said("user", "Again")])));

    [Fact]
    public void Documents_follow_the_first_question_whatever_their_text_is_called()
    {
        var prompt = Prompt(new Conversation([Said("user", "Who?"), Said("assistant", "I."), Said("user", "Why?")])
        {
            Documents =
            [
                new JsonObject { ["id"] = "a", ["text"] = "نص \"قصير\"" },
                new JsonObject { ["title"] = "T", ["snippet"] = "s", ["year"] = "1999" },
            ],
        });
        Assert.True(template.TakesDocuments && template.BringsCitations);
        Assert.Contains("Who?<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|><|START_TOOL_RESULT|>"
            + """[{"tool_call_id": "0", "results": {"0": {"text": "نص \"قصير\""}, "1": {"title": "T", "text": "s", "year": "1999"}}}]"""
            + "<|END_TOOL_RESULT|><|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>", prompt, StringComparison.Ordinal);
        Assert.Equal(2, prompt.Split("TOOL_RESULT|>[").Length);
    }

    [Fact]
    public void Tools_calls_and_results_have_their_numbers()
    {
        var prompt = Prompt(new Conversation(
            [Said("user", "Weather?"), Calls(), Result("c2", "rain"), Result("c1", "sun"), Said("assistant", "Both.")])
        {
            Tools = [Tool()],
            Documents = [new JsonObject { ["text"] = "x" }],
        });
        Assert.Contains("""
            <|SYSTEM_TOKEN|>## Available Tools
            [{"name": "weather", "description": "d", "parameters": {"type": "object"}}]<|END_OF_TURN_TOKEN|>
            """, prompt, StringComparison.Ordinal);
        Assert.Contains("<|CHATBOT_TOKEN|><|START_ACTION|>"
            + """[{"tool_call_id": "1", "tool_name": "weather", "parameters": {"city": "Fez"}}, {"tool_call_id": "2", """, prompt,
            StringComparison.Ordinal);
        Assert.Contains("<|START_TOOL_RESULT|>" + """[{"tool_call_id": "2", "results": {"0": {"text": "rain"}}}, """
            + """{"tool_call_id": "1", "results": {"0": {"text": "sun"}}}]<|END_TOOL_RESULT|>""", prompt, StringComparison.Ordinal);
        Assert.EndsWith("<|CHATBOT_TOKEN|>", prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_mask_covers_what_the_assistant_writes_with_its_end()
    {
        var masked = ChatPrompt.EncodeWithMask(template, tokenizer, new Conversation([Said("user", "One?"), Said("assistant", "Two.")]));
        var learnt = masked.Ids.Where((_, index) => masked.Assistant[index]).ToArray();
        Assert.Equal("Two.<|END_RESPONSE|><|END_OF_TURN_TOKEN|>", tokenizer.Decode(learnt, skipSpecialTokens: false));
    }

    [Fact]
    public void Every_mark_is_one_token_and_outside_text_makes_none()
    {
        string[] marks = ["<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|SYSTEM_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>",
            "<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_ACTION|>", "<|END_ACTION|>", "<|START_TOOL_RESULT|>", "<|END_TOOL_RESULT|>"];
        Assert.All(marks, mark => Assert.True(tokenizer.IsSpecial(Assert.Single(tokenizer.Encode(mark, addSpecialTokens: false)))));

        var all = string.Concat(marks);
        int[] Ids(string text) => ChatPrompt.Encode(template, tokenizer,
            new Conversation([Said("user", text)]) { Documents = [new JsonObject { ["text"] = text }], AddGenerationPrompt = true });
        Assert.Equal(Ids("x").Count(tokenizer.IsSpecial), Ids(all).Count(tokenizer.IsSpecial));
    }

    [Fact]
    public void A_role_it_does_not_know_is_refused_by_name() => Assert.Contains("critic",
        Assert.ThrowsAny<Exception>(() => Prompt(new Conversation([Said("critic", "No.")]))).Message, StringComparison.Ordinal);

    static JsonObject Calls() => JsonNode.Parse("""
        {"role": "assistant", "content": null, "tool_calls": [
          {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Fez\"}"}},
          {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Aden\"}"}}]}
        """)!.AsObject();

    static JsonObject Tool() => JsonNode.Parse("""
        {"type": "function", "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}}}
        """)!.AsObject();

    static JsonObject Result(string id, string text) => new() { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = text };
}
