// What folding removes and unifies, block by block of Unicode's tables for the Arabic script, and what it keeps.
using System.Globalization;
using System.Text;
using Majlis.Text.Normalization;
using Xunit;

namespace Majlis.tests.Text;

public sealed class FoldedTextTests
{
    static readonly Rune[] arabic =
        [.. Ranges((0x600, 0x6FF), (0x750, 0x77F), (0x870, 0x8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC), (0x10EC0, 0x10EFF))];

    static IEnumerable<Rune> Ranges(params (int First, int Last)[] ranges) => ranges
        .SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).Select(point => new Rune(point))
        .Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.OtherNotAssigned);

    [Fact]
    public void No_mark_upon_an_Arabic_letter_is_left() => Assert.All(
        arabic.Where(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark),
        mark => Assert.Equal("بب", FoldedText.Of($"ب{mark}ب")));

    [Fact]
    public void A_presentation_form_is_what_its_letters_fold_to() => Assert.All(
        arabic.Where(rune => rune.Value is >= 0xFB50 and <= 0xFEFC),
        form =>
        {
            var folded = FoldedText.Of($"ب{form}ب");
            Assert.Equal(folded, FoldedText.ForSearch(folded));
            var letters = UnicodeForms.Normalize(form.ToString(), NormalizationForm.FormKC).Trim();
            Assert.Equal(FoldedText.Of($"ب{letters}ب"), folded);
        });

    [Fact]
    public void Every_decimal_digit_is_ASCII() => Assert.All(
        Enumerable.Range(0x80, 0x1FF00).Where(Rune.IsValid).Select(point => new Rune(point))
            .Where(rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber),
        digit => Assert.Equal($"{(int)Rune.GetNumericValue(digit)}", FoldedText.Of(digit.ToString())));

    [Theory]
    [InlineData(0x061C)]
    [InlineData(0x200E)]
    [InlineData(0x200F)]
    [InlineData(0x202A)]
    [InlineData(0x202B)]
    [InlineData(0x202C)]
    [InlineData(0x202D)]
    [InlineData(0x202E)]
    [InlineData(0x2066)]
    [InlineData(0x2067)]
    [InlineData(0x2068)]
    [InlineData(0x2069)]
    [InlineData(0x200B)]
    [InlineData(0x200C)]
    [InlineData(0x200D)]
    [InlineData(0x2060)]
    [InlineData(0xFEFF)]
    [InlineData(0x00AD)]
    public void What_nobody_sees_is_gone(int point)
    {
        var mark = new Rune(point);
        Assert.Equal("محكمه rent", FoldedText.Of($"{mark}مح{mark}كمه {mark}re{mark}nt{mark}"));
        Assert.Equal("क्ष", FoldedText.Of($"क्{mark}ष"));
    }

    [Theory]
    [InlineData("آأإٱٲٳا", "ااااااا")]
    [InlineData("ا\u0654 ا\u0655 ا\u0653", "ا ا ا")]
    [InlineData("کتاب ڪتاب", "كتاب كتاب")]
    [InlineData("علی على علي", "علي علي علي")]
    [InlineData("ﷲ ﻻ ﷼", "الله لا ريال")]
    [InlineData("أﺣﻤﺪﹰا", "احمدا")]
    [InlineData("٣٫١٤ ۱۲٬۰۰۰ ٥٪", "3.14 12,000 5%")]
    [InlineData("سؤال شيء مائة", "سؤال شيء مائة")]
    [InlineData("x² ½ ﬁ … 👨\u200D💻 ❤\uFE0F", "x² ½ ﬁ … 👨\u200D💻 ❤\uFE0F")]
    public void Letters_have_one_form(string text, string expected) => Assert.Equal(expected, FoldedText.Of(text));

    [Theory]
    [InlineData("x² ﬁ ＡＢＣ", "x2 fi ABC")]
    [InlineData("ﺍﻟﻤﺤﻜﻤﺔ", "المحكمة")]
    public void For_search_what_is_compatible_is_the_same(string text, string expected) =>
        Assert.Equal(expected, FoldedText.ForSearch(text));

    [Fact]
    public void Folding_twice_is_folding_once()
    {
        var random = new Random(11);
        for (var round = 0; round < 5000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 8).Select(_ => arabic[random.Next(arabic.Length)].ToString()));
            Assert.Equal(FoldedText.Of(text), FoldedText.Of(FoldedText.Of(text)));
            Assert.Equal(FoldedText.ForSearch(text), FoldedText.ForSearch(FoldedText.ForSearch(text)));
        }
    }
}
