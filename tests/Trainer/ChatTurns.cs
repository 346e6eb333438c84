// What of a chat is learnt: the assistant's turns, also where the template marks none, and not those of OpenAI's weight 0.
using System.Text.Json.Nodes;
using Majlis.tests.Server;
using Majlis.Text.Chat;
using Majlis.Trainer.Data;
using Xunit;

namespace Majlis.tests.Trainer;

public sealed class ChatTurns
{
    const string Plain = "{% for m in messages %}[{{ m.role }}]{{ m.content }};{% endfor %}"
        + "{% if add_generation_prompt %}[assistant]{% endif %}";

    const string Marked = "{% for m in messages %}[{{ m.role }}]{% if m.role == 'assistant' %}{% generation %}{{ m.content }};"
        + "{% endgeneration %}{% else %}{{ m.content }};{% endif %}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";

    const string Chat = """
        {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "first"WEIGHT},
         {"role": "user", "content": "b"}, {"role": "assistant", "content": "second"}]}
        """;

    [Theory]
    [InlineData(Plain, "", "first;second;")]
    [InlineData(Marked, "", "first;second;")]
    [InlineData(Plain, ", \"weight\": 0", "second;")]
    [InlineData(Marked, ", \"weight\": 0", "second;")]
    [InlineData(Marked, ", \"weight\": 1", "first;second;")]
    public void What_the_assistant_says_is_learnt_unless_its_weight_is_0(string template, string weight, string learnt)
    {
        var encoder = Encoder(template);
        var row = JsonNode.Parse(Chat.Replace("WEIGHT", weight, StringComparison.Ordinal))!.AsObject();
        var example = encoder.Encode(row, "row 1");
        int[] targets = [.. example.Tokens.Where((_, index) => example.IsTarget[index])];
        Assert.Equal(learnt, TinyText.Tokenizer.Decode(targets, skipSpecialTokens: false));
    }

    [Fact]
    public void A_chat_in_which_the_assistant_says_nothing_is_refused()
    {
        var encoder = Encoder(Plain);
        var row = JsonNode.Parse("""{"messages": [{"role": "user", "content": "a"}]}""")!.AsObject();
        Assert.Contains("assistant", Assert.Throws<DataException>(() => encoder.Encode(row, "row 1")).Message, StringComparison.Ordinal);
    }

    static RowEncoder Encoder(string template) =>
        new(TinyText.Tokenizer, ChatTemplate.Parse(template, new SpecialTokens()), null, false, TimeProvider.System);
}
