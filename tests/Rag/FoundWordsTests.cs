// Words are found with any marks, forms, digits and prefixes, in the passage or in the question.
using Majlis.Rag;
using Majlis.Rag.Words;
using Xunit;

namespace Majlis.tests.Rag;

public sealed class FoundWordsTests
{
    [Theory]
    [InlineData("أصدرت المحكمة\u200F العليا\u200F حكمها اليوم.", "المحكمة العليا")]
    [InlineData("The tenant\u200E must pay the rent\u200E monthly.", "rent")]
    [InlineData("The te\u00ADnant pays.", "tenant")]
    [InlineData("ﺍﻟﻤﺤﻜﻤﺔ ﺍﻟﻌﻠﻴﺎ ﺃﺻﺪﺭﺕ ﺣﻜﻤﻬﺎ ﺍﻟﻴﻮﻡ.", "المحكمة العليا")]
    [InlineData("صدر عام ٢٠٢٤ في الرياض.", "2024")]
    [InlineData("صدر عام ۲۰۲۴ في الرياض.", "٢٠٢٤")]
    [InlineData("إنّ هٰذا الرحمٰن رحيم", "الرحمن")]
    [InlineData("بسم ٱلله ٱلرحمن", "الرحمن")]
    [InlineData("كتاب جديد", "کتاب")]
    [InlineData("قال علی ذلك", "علي")]
    [InlineData("المحـــكمة انعقدت", "المحكمة")]
    [InlineData("الم\u200Dحك\u200Cمة انعقدت", "المحكمة")]
    [InlineData("من می\u200Cخواهم بروم", "میخواهم")]
    [InlineData("من می\u200Cخواهم بروم", "خواهم")]
    [InlineData("من میخواهم بروم", "می\u200Cخواهم")]
    [InlineData("سافر الوزير أمس", "وزير")]
    [InlineData("سافر وزير أمس", "الوزير")]
    [InlineData("سافر ووزير معه", "الوزير")]
    [InlineData("مكتب للوزير", "وزير")]
    [InlineData("سلم بالوزير", "وزير")]
    [InlineData("وبالوزارة عمل", "وزارة")]
    [InlineData("حب الوطن", "وطن")]
    [InlineData("في بيتهم", "بيت")]
    [InlineData("The IT department is closed.", "IT")]
    [InlineData("Our servers run Node.js today.", "node")]
    [InlineData("Our servers run Node.js today.", "Node.js")]
    [InlineData("Our servers run Node.js today.", "nodejs")]
    [InlineData("يعمل خادمنا على Node.js دائما", "node")]
    [InlineData("قسم IT مغلق اليوم", "IT")]
    [InlineData("قال علي بن أبي طالب", "من هو علي")]
    public void A_word_is_found(string passage, string question)
    {
        using var index = Index("نص آخر لا شأن له", passage, "Another text, about it and for all of them.");
        Assert.Equal("1", index.Search(question, 3)[0].Passage.Id);
    }

    [Theory]
    [InlineData("من هو")]
    [InlineData("على")]
    public void A_question_of_stop_words_alone_finds_them(string question)
    {
        using var index = Index("من هو الرجل على الباب", "بيت كبير");
        Assert.Equal("0", Assert.Single(index.Search(question, 3)).Passage.Id);
    }

    [Fact]
    public void A_million_invisible_marks_are_no_long_question()
    {
        using var index = Index("the rent is due");
        Assert.NotEmpty(index.Search(new string('\u200F', 3000) + "rent", 1));
        Assert.Empty(index.Search(new string('\u200F', 1_000_000) + "rent", 1));
    }

    // Nouns that begin with waw, with and without the article.
    [Theory]
    [InlineData("وزير وزارة وطن وقت ولد والد وجه ورق وردة وادي واجب وثيقة وحدة وداع وسط وسيلة وصف وضع وظيفة وعد وفد وفاة وكالة ولاية")]
    public void Nouns_of_waw_share_a_stem_with_themselves(string nouns) => Assert.All(nouns.Split(' '), noun =>
    {
        foreach (var prefix in new[] { "ال", "وال", "بال", "كال", "فال", "و", "ب", "ل", "لل", "ولل", "وبال" })
            Assert.NotEmpty(ArabicStems.Of(Normal(noun)).Intersect(ArabicStems.Of(Normal(prefix + noun))));
    });

    static string Normal(string word) => word.Replace('ة', 'ه');

    static PassageIndex Index(params string[] texts) =>
        new(texts.Select((text, place) => new Passage($"{place}", "", text, $"{place}", 0)));
}
