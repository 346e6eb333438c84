// Normalisation by our own table against the platform's ICU, character by character and on random texts of combining characters.
using System.Text;
using Majlis.Text.Normalization;
using Xunit;

namespace Majlis.tests.Text;

public sealed class UnicodeFormsTests
{
    static readonly NormalizationForm[] forms =
        [NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD];

    // Characters that Unicode 16 and 17 added; an older ICU does not change them.
    static bool IsNew(int point) => point is 0x897 or 0xA7F1 or 0x105C9 or 0x105E4 or >= 0x10D69 and <= 0x10D6D or >= 0x10EFA and <= 0x10EFC
        or >= 0x11380 and <= 0x113FF or >= 0x11F41 and <= 0x11F5A or >= 0x16100 and <= 0x1613F or >= 0x16D40 and <= 0x16D7F
        or >= 0x1ACF and <= 0x1AEB or >= 0x1CCD6 and <= 0x1CCF9 or >= 0x1E5EE and <= 0x1E5EF or >= 0x1E6C0 and <= 0x1E6FF
        or >= 0x11B60 and <= 0x11B67;

    static void SkipWithoutIcu() =>
        Assert.SkipWhen("e\u0301".Normalize(NormalizationForm.FormC).Length == 2, "this process runs without ICU, the oracle");

    [Fact]
    public void Every_character_has_the_platforms_forms()
    {
        SkipWithoutIcu();
        List<string> differing = [];
        // The planes between and above are unassigned or private use.
        foreach (var point in Enumerable.Range(0, 0x32400).Concat(Enumerable.Range(0xE0000, 0x200)))
        {
            if (!Rune.IsValid(point) || point == 0xFFFE || IsNew(point)) continue;
            // Between marks of a low and a high class, so that its own class shows too.
            foreach (var text in new[] { new Rune(point).ToString(), $"a\u0345{new Rune(point)}\u0334" })
                foreach (var form in forms)
                    if (text.Normalize(form) is var expected && (UnicodeForms.Normalize(text, form) != expected
                        || UnicodeForms.IsNormalized(text, form) != (expected == text)))
                        differing.Add($"{point:X4} {form}");
        }
        Assert.Empty(differing);
    }

    [Fact]
    public void Texts_of_what_combines_have_the_platforms_forms()
    {
        SkipWithoutIcu();
        var letters = Enumerable.Range(0xA0, 0x3000).Concat(Enumerable.Range(0xAC00, 600)).Concat(Enumerable.Range(0xF900, 0x6F0))
            .Where(point => Rune.IsValid(point) && !IsNew(point)
                && !new Rune(point).ToString().IsNormalized(NormalizationForm.FormKD)).ToArray();
        int[] marks = [.. Enumerable.Range(0x300, 0x70), .. Enumerable.Range(0x5B0, 16), .. Enumerable.Range(0x64B, 21), 0x1161, 0x11A8,
            0x3099];
        int[] starters = ['a', 'e', 'o', 0x627, 0x648, 0x64A, 0x1100, 0xAC00, 0x304B, 0x9C7, 0x1025];
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, 1 + random.Next(9)).Select(_ => new Rune(random.Next(4) switch
            {
                0 => starters[random.Next(starters.Length)],
                1 => letters[random.Next(letters.Length)],
                _ => marks[random.Next(marks.Length)],
            })));
            foreach (var form in forms)
            {
                var expected = text.Normalize(form);
                Assert.Equal(expected, UnicodeForms.Normalize(text, form));
                Assert.Equal(expected == text, UnicodeForms.IsNormalized(text, form));
            }
        }
    }

    // The cases of parts 0 and 1 of Unicode's NormalizationTest.txt: reordering, blocked marks, Hangul, exclusions, singletons.
    [Theory]
    [InlineData("1E0A 0323", "1E0C 0307", "0044 0323 0307", "1E0C 0307", "0044 0323 0307")]
    [InlineData("0061 0315 0300 05AE 0062", "00E0 05AE 0315 0062", "0061 05AE 0300 0315 0062", "00E0 05AE 0315 0062",
        "0061 05AE 0300 0315 0062")]
    [InlineData("AC00 11A8", "AC01", "1100 1161 11A8", "AC01", "1100 1161 11A8")]
    [InlineData("0958", "0915 093C", "0915 093C", "0915 093C", "0915 093C")]
    [InlineData("212B", "00C5", "0041 030A", "00C5", "0041 030A")]
    [InlineData("1E9B 0323", "1E9B 0323", "017F 0323 0307", "1E69", "0073 0323 0307")]
    [InlineData("FDFA", "FDFA", "FDFA", "0635 0644 0649 0020 0627 0644 0644 0647 0020 0639 0644 064A 0647 0020 0648 0633 0644 0645",
        "0635 0644 0649 0020 0627 0644 0644 0647 0020 0639 0644 064A 0647 0020 0648 0633 0644 0645")]
    [InlineData("16D68", "16D68", "16D67 16D67", "16D68", "16D67 16D67")]
    [InlineData("D83D", "D83D", "D83D", "D83D", "D83D")]
    public void Forms_are_those_of_Unicodes_tests(string source, string c, string d, string kc, string kd)
    {
        string[] expected = [c, d, kc, kd];
        for (var i = 0; i < forms.Length; i++) Assert.Equal(Text(expected[i]), UnicodeForms.Normalize(Text(source), forms[i]));
    }

    [Fact]
    public void A_million_marks_take_no_quadratic_time()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        Assert.StartsWith("ạ\u0323", UnicodeForms.Normalize(text, NormalizationForm.FormC), StringComparison.Ordinal);
    }

    static string Text(string points) => string.Concat(points.Split(' ').Select(point => Convert.ToInt32(point, 16))
        .Select(point => Rune.IsValid(point) ? new Rune(point).ToString() : $"{(char)point}"));
}
