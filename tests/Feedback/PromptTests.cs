// A prompt's language and hash, and a voter's hash, depend on what they are made of and on nothing else.
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

    [Theory]
    [InlineData("اشرح الـــــــدرس", "ar")]
    [InlineData("ＡＢＣ", "en")]
    [InlineData("ﺍﺷﺮﺡ ﻟﻲ abc", "ar")]
    [InlineData("\u200F\u202Babc\u202C ب", "en")]
    [InlineData("ab ــــــــــ", "en")]
    public void Letters_are_counted_as_they_are_read(string text, string language) => Assert.Equal(language, PromptLanguage.Of(text));

    [Theory]
    [InlineData("ما حكم المحكمة العليا؟", "مَا حُكْمُ المَحْكَمَةِ العُلْيَا؟")]
    [InlineData("ما حكم المحكمة العليا؟", "\u200Fما حكم المحكمة\u200F العليا؟\u200E")]
    [InlineData("ما حكم المحكمة العليا؟", "ما حـكـم المحكمــة العليا؟")]
    [InlineData("ما حكم المحكمة العليا؟", "ﻣﺎ ﺣﻜﻢ ﺍﻟﻤﺤﻜﻤﺔ ﺍﻟﻌﻠﻴﺎ؟")]
    [InlineData("كم 20 في 3؟", "کم ٢٠ فی ۳؟")]
    [InlineData("هذا الرحمن", "هٰذا ٱلرحمٰن")]
    [InlineData("می خواهم بروم", "می خواهم بروم\uFEFF")]
    [InlineData("میخواهم", "می\u200Cخواهم")]
    public void The_same_question_in_other_marks_is_the_same_prompt(string one, string other) => Assert.Equal(Hash(one), Hash(other));

    /// <summary>The hashes from before texts were folded: a question must not change its held-out side without reason.</summary>
    [Theory]
    [InlineData("How many legs has a spider?", "How many legs has a spider?")]
    [InlineData(" x² + ½ … ﬁ ™ ❤\uFE0F 👨\u200D💻 ", "x² + ½ … ﬁ ™ ❤\uFE0F 👨\u200D💻")]
    [InlineData("كيف  حالك؟", "كيف حالك؟")]
    [InlineData("Cafe\u0301", "Caf\u00e9")]
    public void Texts_without_such_marks_keep_their_hash(string text, string hashed) => Assert.Equal(Hash(text), Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"user\0{hashed}\0"))));

    static string Hash(string text) =>
        PromptHash.Of(System.Text.Json.JsonSerializer.Serialize(new[] { new { role = "user", content = text } }));

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
