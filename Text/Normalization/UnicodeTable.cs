// The properties of each character that normalisation needs: its decomposition, its compositions, its combining class.
// Read from our own table, so that no ids or hashes depend on the machine's ICU or its absence.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Normalization;

[Flags]
enum UnicodeTraits : byte
{
    None = 0,

    /// <summary>NFD decomposes it.</summary>
    Canonical = 1,

    /// <summary>Its NFKD differs from its NFD.</summary>
    Compatible = 2,

    /// <summary>NFC never contains it: once decomposed, it is not composed again.</summary>
    StaysApart = 4,

    /// <summary>It may compose with a character before it.</summary>
    JoinsBack = 8,
}

static class UnicodeTable
{
    static readonly Dictionary<int, int[]> canonical = new(2200);
    static readonly Dictionary<int, int[]> compatible = new(4000);
    static readonly Dictionary<long, int> composites = new(1000);
    static readonly Dictionary<int, byte> classes = [];
    static readonly UnicodeTraits[] planeTraits = new UnicodeTraits[0x10000];
    static readonly Dictionary<int, UnicodeTraits> otherTraits = [];
    static readonly byte[] planeClasses = new byte[0x10000];

    static UnicodeTable()
    {
        // The table holds single decomposition steps; callers need the full decomposition.
        Dictionary<int, int[]> steps = new(2200);
        Dictionary<int, int[]> looseSteps = new(4000);
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream("UnicodeTable.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
            if (line[0] != '#') Read(line, steps, looseSteps);
        foreach (var (point, parts) in steps)
        {
            Mark(point, UnicodeTraits.Canonical);
            canonical[point] = Whole(parts, steps, []);
            var loose = Whole(parts, steps, looseSteps);
            if (!loose.AsSpan().SequenceEqual(canonical[point])) AddCompatible(point, loose);
        }
        foreach (var (point, parts) in looseSteps) AddCompatible(point, Whole(parts, steps, looseSteps));
        // Hangul vowels and final consonants.
        for (var point = 0x1161; point <= 0x1175; point++) Mark(point, UnicodeTraits.JoinsBack);
        for (var point = 0x11A8; point <= 0x11C2; point++) Mark(point, UnicodeTraits.JoinsBack);
    }

    public static UnicodeTraits Traits(int point) => point < planeTraits.Length ? planeTraits[point] : otherTraits.GetValueOrDefault(point);

    public static byte CombiningClass(int point) => point < planeClasses.Length ? planeClasses[point] : classes.GetValueOrDefault(point);

    /// <summary>The full decomposition, or null if the character does not change. Callers decompose Hangul syllables.</summary>
    public static int[]? Decomposition(int point, bool loosely) =>
        loosely && compatible.TryGetValue(point, out var loose) ? loose : canonical.GetValueOrDefault(point);

    public static bool TryCompose(int first, int second, out int whole) => composites.TryGetValue(Pair(first, second), out whole);

    static long Pair(int first, int second) => (long)first << 32 | (uint)second;

    static void Read(string line, Dictionary<int, int[]> steps, Dictionary<int, int[]> looseSteps)
    {
        var sign = line.AsSpan().IndexOfAny("=:~/");
        if (line[sign] == '/')
        {
            ReadClass(line[..sign], byte.Parse(line.AsSpan(sign + 1), CultureInfo.InvariantCulture));
            return;
        }
        var (point, parts) = (Hex(line.AsSpan(0, sign)), Array.ConvertAll(line[(sign + 1)..].Split(' '), part => Hex(part)));
        (line[sign] == '~' ? looseSteps : steps)[point] = parts;
        if (line[sign] == ':') Mark(point, UnicodeTraits.StaysApart);
        if (line[sign] != '=') return;
        composites[Pair(parts[0], parts[1])] = point;
        Mark(parts[1], UnicodeTraits.JoinsBack);
    }

    static void ReadClass(string points, byte number)
    {
        var range = points.Split("..");
        for (var point = Hex(range[0]); point <= Hex(range[^1]); point++)
        {
            classes[point] = number;
            if (point < planeClasses.Length) planeClasses[point] = number;
        }
    }

    static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    static void AddCompatible(int point, int[] loose)
    {
        compatible[point] = loose;
        Mark(point, UnicodeTraits.Compatible);
    }

    static int[] Whole(int[] parts, Dictionary<int, int[]> steps, Dictionary<int, int[]> looseSteps)
    {
        List<int>? whole = null;
        for (var i = 0; i < parts.Length; i++)
            if (steps.TryGetValue(parts[i], out var more) || looseSteps.TryGetValue(parts[i], out more))
                (whole ??= [.. parts.AsSpan(0, i)]).AddRange(Whole(more, steps, looseSteps));
            else whole?.Add(parts[i]);
        return whole is null ? parts : [.. whole];
    }

    static void Mark(int point, UnicodeTraits traits)
    {
        if (point < planeTraits.Length) planeTraits[point] |= traits;
        else otherTraits[point] = otherTraits.GetValueOrDefault(point) | traits;
    }
}
