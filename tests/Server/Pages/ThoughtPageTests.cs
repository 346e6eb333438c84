// What a model thinks, in the chat's page: folded above the answer, as text, and no part of what is sent back.
using System.Text.Json.Nodes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Server.Pages;

public sealed class ThoughtPageTests
{
    [Theory]
    [InlineData("en", "What the model thought")]
    [InlineData("ar", "ما فكّر فيه النموذج")]
    public async Task Thinking_is_folded_above_the_answer_and_not_sent_back(string language, string name)
    {
        await using var chat = await ScriptedChat.StartAsync(_ =>
            [new() { ["reasoning"] = "Two and " }, new() { ["reasoning"] = "two <b>" }, ScriptedChat.Says("It is four.")]);
        await using var browser = await ChatPage.OpenAsync(chat.Address, language);
        await browser.AskAsync("How much?");
        Assert.Equal([name], (await browser.ReadAsync("texts('.thought summary')"))!.AsArray().Select(text => (string)text!));
        Assert.Equal("Two and two <b>", (string)(await browser.ReadAsync("texts('.thought .text')[0]"))!);
        Assert.False((bool)(await browser.ReadAsync("all('.thought')[0].open"))!);
        Assert.True((bool)(await browser.ReadAsync(
            "(all('.thought')[0].compareDocumentPosition(all('.model > .text')[0]) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0"))!);
        await browser.ClickAsync(".thought summary");
        await browser.SeesAsync("all('.thought')[0].open");
        await browser.AskAsync("And now?");
        var sent = chat.Asked.Last()["messages"]!.AsArray().Select(message => (string)message!["content"]!);
        Assert.Equal(["How much?", "It is four.", "And now?"], sent);
    }
}
