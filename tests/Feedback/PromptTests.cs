// Language, hash and voter are told from what they are made of, and from nothing else.
using Majlis.Feedback.Store;
using Majlis.Feedback.Votes;
using Majlis.tests.Support;
using Xunit;

namespace Majlis.tests.Feedback;

public sealed class PromptTests
{
    [Theory]
    [InlineData("How are you?", "en")]
    [InlineData("كيف حالك؟", "ar")]
    [InlineData("اشرح لي Docker من فضلك", "ar")]
    [InlineData("Translate سلام into English, please", "en")]
    [InlineData("你好吗", "other")]
    [InlineData("12 + 30 = ?", "other")]
    [InlineData("", "other")]
    public void The_script_of_most_letters_is_the_language(string text, string language) => Assert.Equal(language, PromptLanguage.Of(text));

    [Fact]
    public void The_last_user_message_decides()
    {
        const string messages = """
            [{"role":"system","content":"You are helpful and you answer at length in English."},{"role":"user","content":"Hi"},
             {"role":"assistant","content":"Hello"},
             {"role":"user","content":[{"type":"text","text":"ما عاصمة "},{"type":"text","text":"عُمان؟"}]}]
            """;
        Assert.Equal("ar", PromptLanguage.OfMessages(messages));
        Assert.Equal("en", PromptLanguage.OfMessages("""[{"role":"system","content":"Go on"}]"""));
    }

    [Fact]
    public void White_space_and_composition_do_not_make_another_prompt_but_words_and_roles_do()
    {
        var hash = PromptHash.Of("""[{"role":"user","content":"Caf\u00e9 au  lait?"}]""");
        Assert.Equal(64, hash.Length);
        Assert.Equal(hash, PromptHash.Of("""[{"role":"user","content":" Cafe\u0301 au\nlait? ","name":"x"}]"""));
        Assert.Equal(hash, PromptHash.Of(
            """[{"role":"user","content":[{"type":"text","text":"Café au "},{"type":"text","text":"lait?"}]}]"""));
        Assert.NotEqual(hash, PromptHash.Of("""[{"role":"system","content":"Café au lait?"}]"""));
        Assert.NotEqual(PromptHash.Of("""[{"role":"user","content":"a"},{"role":"user","content":"b"}]"""),
            PromptHash.Of("""[{"role":"user","content":"a b"}]"""));
    }

    [Fact]
    public void A_voter_is_the_same_under_one_key_and_another_under_another()
    {
        using var folder = new TemporaryFolder();
        var voter = VoterHash.Open(folder.Path).Of("key-7");
        Assert.Equal(voter, VoterHash.Open(folder.Path).Of("key-7"));
        Assert.NotEqual(voter, VoterHash.Open(folder.Path).Of("key-8"));
        Assert.NotEqual(voter, new VoterHash(new byte[32]).Of("key-7"));
        Assert.Equal(32, voter.Length);
        File.WriteAllText(folder.File("voters.key"), "short");
        var error = Assert.Throws<FeedbackUnavailableException>(() => VoterHash.Open(folder.Path));
        Assert.Contains("voters.key", error.Message, StringComparison.Ordinal);
    }
}
