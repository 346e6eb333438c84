// Whether two answers differ in only a few tokens. Knows token ids only.
namespace Majlis.Feedback.Pairs;

static class NearIdentical
{
    /// <summary>
    /// Whether the edit distance (insertions, deletions, replacements) is at most <paramref name="share"/> of the longer length.
    /// Only the band around the diagonal that can still succeed is filled.
    /// </summary>
    public static bool Are(ReadOnlySpan<int> a, ReadOnlySpan<int> b, double share)
    {
        if (a.Length > b.Length) return Are(b, a, share);
        var most = (int)(share * b.Length);
        if (b.Length - a.Length > most) return false;
        if (a.SequenceEqual(b)) return true;
        if (most == 0) return false;
        return Distance(a, b, most) <= most;
    }

    // Row i holds the edits between a[..i] and b[..j]; cells farther than `most` from the diagonal count as too many.
    static int Distance(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int most)
    {
        var above = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) above[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            Array.Fill(row, most + 1);
            if (i <= most) row[0] = i;
            var last = Math.Min(b.Length, i + most);
            for (var j = Math.Max(1, i - most); j <= last; j++)
            {
                var replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
            }
            (above, row) = (row, above);
        }
        return above[b.Length];
    }
}
