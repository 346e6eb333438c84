// NFC, NFD, NFKC and NFKD from our own table: the same on every machine, also without ICU, where string.Normalize does nothing.
using System.Text;

namespace Majlis.Text.Normalization;

/// <summary>Unicode's normalisation forms, version 17.0.0. https://www.unicode.org/reports/tr15/</summary>
public static class UnicodeForms
{
    const int FirstSyllable = 0xAC00;
    const int LastSyllable = 0xD7A3;
    const int FirstLead = 0x1100;
    const int FirstVowel = 0x1161;
    const int Vowels = 21;

    // One before the first final consonant: 0 means no final consonant.
    const int BeforeFinals = 0x11A7;
    const int Finals = 28;

    /// <summary>The text in a form. Lone surrogates are kept.</summary>
    public static string Normalize(string text, NormalizationForm form) => QuickCheck(text, form) == true ? text : Rewrite(text, form);

    /// <summary>Whether <see cref="Normalize"/> would not change the text.</summary>
    public static bool IsNormalized(ReadOnlySpan<char> text, NormalizationForm form) =>
        QuickCheck(text, form) ?? text.SequenceEqual(Rewrite(text, form));

    static bool Composes(NormalizationForm form) => form is NormalizationForm.FormC or NormalizationForm.FormKC;

    static bool Loosely(NormalizationForm form) => form is NormalizationForm.FormKC or NormalizationForm.FormKD;

    /// <summary>Null if only normalising can tell (UAX #15, section 9).</summary>
    static bool? QuickCheck(ReadOnlySpan<char> text, NormalizationForm form)
    {
        var composes = Composes(form);
        var refused = (composes ? UnicodeTraits.StaysApart : UnicodeTraits.Canonical)
            | (Loosely(form) ? UnicodeTraits.Compatible : UnicodeTraits.None);
        bool? result = true;
        byte before = 0;
        for (var i = 0; i < text.Length;)
        {
            var point = At(text, ref i);
            // Characters below U+00A0 neither change nor combine.
            if (point < 0xA0)
            {
                before = 0;
                continue;
            }
            var traits = UnicodeTable.Traits(point);
            if ((traits & refused) != 0 || (!composes && IsSyllable(point))) return false;
            var own = UnicodeTable.CombiningClass(point);
            if (own != 0 && before > own) return false;
            if (composes && (traits & UnicodeTraits.JoinsBack) != 0) result = null;
            before = own;
        }
        return result;
    }

    /// <summary>ASCII never combines with text before it: only segments between ASCII characters that need it are rewritten.</summary>
    static string Rewrite(ReadOnlySpan<char> text, NormalizationForm form)
    {
        var result = new StringBuilder(text.Length + 8);
        var points = new List<int>();
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExceptInRange('\0', '\x7f');
            var start = plain < 0 ? text.Length : Math.Max(0, plain - 1);
            result.Append(text[..start]);
            text = text[start..];
            if (text.IsEmpty) break;
            var end = text[1..].IndexOfAnyInRange('\0', '\x7f') + 1;
            var stretch = end == 0 ? text : text[..end];
            if (QuickCheck(stretch, form) == true) result.Append(stretch);
            else Rewrite(stretch, form, points, result);
            text = text[stretch.Length..];
        }
        return result.ToString();
    }

    static void Rewrite(ReadOnlySpan<char> text, NormalizationForm form, List<int> points, StringBuilder result)
    {
        points.Clear();
        for (var i = 0; i < text.Length;) Decompose(At(text, ref i), Loosely(form), points);
        Order(points);
        if (Composes(form)) Compose(points);
        foreach (var point in points)
            if (point < 0x10000) result.Append((char)point);
            else result.Append(new Rune(point));
    }

    static int At(ReadOnlySpan<char> text, ref int i)
    {
        var unit = text[i++];
        return char.IsHighSurrogate(unit) && i < text.Length && char.IsLowSurrogate(text[i]) ? char.ConvertToUtf32(unit, text[i++]) : unit;
    }

    static bool IsSyllable(int point) => point is >= FirstSyllable and <= LastSyllable;

    static void Decompose(int point, bool loosely, List<int> points)
    {
        if (IsSyllable(point))
        {
            var index = point - FirstSyllable;
            points.Add(FirstLead + index / (Vowels * Finals));
            points.Add(FirstVowel + index / Finals % Vowels);
            if (index % Finals > 0) points.Add(BeforeFinals + index % Finals);
        }
        else if (point >= 0xA0 && UnicodeTable.Decomposition(point, loosely) is { } parts) points.AddRange(parts);
        else points.Add(point);
    }

    /// <summary>Sorts the marks after a character by combining class; stable within a class.</summary>
    static void Order(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (UnicodeTable.CombiningClass(points[start]) == 0) continue;
            var end = start + 1;
            var ordered = true;
            for (; end < points.Count && UnicodeTable.CombiningClass(points[end]) is > 0 and var own; end++)
                ordered &= UnicodeTable.CombiningClass(points[end - 1]) <= own;
            if (!ordered)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(point => UnicodeTable.CombiningClass(point)).ToList();
                for (var i = 0; i < sorted.Count; i++) points[start + i] = sorted[i];
            }
            start = end;
        }
    }

    static void Compose(List<int> points)
    {
        var (starter, kept) = (-1, 0);
        byte before = 0;
        foreach (var point in points.ToArray())
        {
            var own = UnicodeTable.CombiningClass(point);
            // A mark is blocked by a mark of its own class or a higher one between it and the starter; a starter by anything in between.
            var reaches = starter >= 0 && (kept == starter + 1 || (own != 0 && before < own));
            if (reaches && TryJoin(points[starter], point, out var whole))
            {
                points[starter] = whole;
                continue;
            }
            if (own == 0) starter = kept;
            before = own;
            points[kept++] = point;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    static bool TryJoin(int first, int second, out int whole)
    {
        if (first is >= FirstLead and < FirstLead + 19 && second is >= FirstVowel and < FirstVowel + Vowels)
        {
            whole = FirstSyllable + ((first - FirstLead) * Vowels + second - FirstVowel) * Finals;
            return true;
        }
        if (IsSyllable(first) && (first - FirstSyllable) % Finals == 0 && second is > BeforeFinals and < BeforeFinals + Finals)
        {
            whole = first + second - BeforeFinals;
            return true;
        }
        return UnicodeTable.TryCompose(first, second, out whole);
    }
}
