// Patterns, data files, counted nouns and the checks of forms.
using Majlis.recipes.starter;
using Majlis.recipes.starter.Checks;
using Majlis.recipes.starter.Grammar;
using Majlis.recipes.starter.Words;
using Xunit;

namespace Majlis.tests.recipes;

public sealed class StarterGrammarTests
{
    static string Fill(string pattern, bool feminine = false) =>
        Pattern.Parse(pattern).Fill(new Chance(1), name => new Term($"<{name}>", feminine));

    [Theory]
    [InlineData("a {s} b", false, "a <s> b")]
    [InlineData("{s:هو|هي} {s}", true, "هي <s>")]
    [InlineData("{s:كتبه {o}|كتبته {o:x|y}}", true, "كتبته y")]
    [InlineData("{s:|ة}", false, "")]
    public void Slots_are_filled_and_agree(string pattern, bool feminine, string expected) =>
        Assert.Equal(expected, Fill(pattern, feminine));

    [Fact]
    public void Choices_multiply_and_nest()
    {
        var pattern = Pattern.Parse("[a|b[c|d|]] [e|f]");
        Assert.Equal(8, pattern.Wordings);
        var seen = Enumerable.Range(0, 200).Select(index => pattern.Fill(Chance.Of(1, index), name => name)).ToHashSet();
        Assert.Equal(["a e", "a f", "b e", "b f", "bc e", "bc f", "bd e", "bd f"], seen.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[a|b", "not closed")]
    [InlineData("{s", "not closed")]
    [InlineData("a]b", "unexpected ']'")]
    [InlineData("a|b", "unexpected")]
    [InlineData("{s:a|b|c}", "masculine and a feminine")]
    public void A_broken_pattern_is_shown_with_its_fault(string pattern, string fault)
    {
        var message = Assert.Throws<FormatException>(() => Pattern.Parse(pattern)).Message;
        Assert.Contains(pattern, message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "3 دنانير")]
    [InlineData(10, "10 دنانير")]
    [InlineData(11, "11 دينارًا")]
    [InlineData(99, "99 دينارًا")]
    [InlineData(100, "100 دينار")]
    [InlineData(205, "205 دنانير")]
    [InlineData(834, "834 دينارًا")]
    [InlineData(900, "900 دينار")]
    public void Arabic_counts_by_the_last_two_digits(int number, string expected) =>
        Assert.Equal(expected, CountedNoun.Parse("دينار, دنانير, دينارًا").Of(number));

    [Theory]
    [InlineData("no_commas", 0, "", "Bees make honey.", "Bees, as such, hum.")]
    [InlineData("no_commas", 0, "", "يصنع النحل العسل.", "النحل، كما ترى، نشيط.")]
    [InlineData("max_words", 3, "", "Bees make honey.", "Bees make much honey.")]
    [InlineData("sentences", 2, "", "Bees hum. Do they?", "Bees hum.")]
    [InlineData("bullets", 2, "", "* a\n* b", "* a\n* b\n* c")]
    [InlineData("keywords", 0, "wax|honey", "Honey and wax.", "Honey.")]
    [InlineData("json", 0, "topic|fact", "{\"topic\": \"a\", \"fact\": \"b\"}", "{\"topic\": \"a\"}")]
    [InlineData("json", 0, "topic|fact", "{\"topic\": \"a\", \"fact\": \"b\"}", "{\"topic\": \"a\", \"topic\": \"c\", \"fact\": \"b\"}")]
    [InlineData("end", 0, "That is all.", "Bees hum. That is all.", "That is all. Bees hum.")]
    [InlineData("quotes", 0, "", "\"Bees hum.\"", "\"Bees\" hum.")]
    [InlineData("title", 0, "", "<<Bees>>\nThey hum.", "<<>>\nThey hum.")]
    [InlineData("lowercase", 0, "", "bees hum.", "Bees hum.")]
    [InlineData("diacritics", 0, "", "يَصْنَعُ النَّحْلُ الْعَسَلَ.", "يصنعُ النحل العسل.")]
    [InlineData("verb_present", 0, "", "يعيش النحل هنا. تشرق الشمس.", "يعيش النحل هنا. الشمس كبيرة.")]
    [InlineData("verb_past", 0, "", "طَارَ النَّحْلُ.", "يطير النحل.")]
    public void A_form_is_held_or_broken(string rule, int number, string words, string holds, string breaks)
    {
        var form = new FormCheck(rule, number, words.Length == 0 ? [] : words.Split('|'));
        Assert.True(Forms.Holds(form, holds));
        Assert.False(Forms.Holds(form, breaks));
        Assert.False(Forms.Holds(form, " "));
    }

    [Fact]
    public void Tashkeel_is_left_out_but_for_the_tanwin_before_alef() =>
        Assert.Equal("صبت أختي قهوة صباحًا.", Texts.WithoutMarks("صَبَّتْ أُخْتِي قَهْوَةً صَبَاحًا."));

    [Fact]
    public void Words_are_found_whole_whatever_their_marks_and_case()
    {
        Assert.True(Texts.HasWords("It is in MOLUTO.", "Moluto"));
        Assert.False(Texts.HasWords("It is in Molutor.", "Moluto"));
        Assert.False(Texts.HasWords("It costs 123.", "12"));
        Assert.True(Texts.HasWords("مرحبًا بك!", "مرحبا"));
    }
}
