// What Unicode says of each character that normalisation needs: how it is taken apart, what it makes with another, its combining class.
// Read from our own table, so that no ids or hashes depend on the machine's ICU, or on there being one.
using System.Globalization;
using System.Text;

namespace Majlis.Text.Normalization;

[Flags]
enum UnicodeTraits : byte
{
    None = 0,

    /// <summary>NFD takes it apart.</summary>
    Canonical = 1,

    /// <summary>NFKD makes something else of it than NFD.</summary>
    Compatible = 2,

    /// <summary>NFC never leaves it: once apart, it is not put together again.</summary>
    StaysApart = 4,

    /// <summary>It may be put together with a character before it.</summary>
    JoinsBack = 8,
}

static class UnicodeTable
{
    static readonly Dictionary<int, int[]> canonical = [];
    static readonly Dictionary<int, int[]> compatible = [];
    static readonly Dictionary<(int First, int Second), int> composites = [];
    static readonly Dictionary<int, byte> classes = [];
    static readonly UnicodeTraits[] planeTraits = new UnicodeTraits[0x10000];
    static readonly Dictionary<int, UnicodeTraits> otherTraits = [];
    static readonly byte[] planeClasses = new byte[0x10000];

    static UnicodeTable()
    {
        Dictionary<int, int[]> compatibleOnly = [];
        HashSet<int> apart = [];
        using var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream("UnicodeTable.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
            if (line[0] != '#') Read(line, compatibleOnly, apart);
        foreach (var point in canonical.Keys.Union(compatibleOnly.Keys).ToArray())
        {
            int[] plain = [.. Whole(point, [])];
            int[] loose = [.. Whole(point, compatibleOnly)];
            var differs = !plain.AsSpan().SequenceEqual(loose);
            Mark(point, (canonical.ContainsKey(point) ? UnicodeTraits.Canonical : 0) | (differs ? UnicodeTraits.Compatible : 0)
                | (apart.Contains(point) ? UnicodeTraits.StaysApart : 0));
            if (differs) compatible[point] = loose;
        }
        foreach (var point in canonical.Keys.ToArray()) canonical[point] = [.. Whole(point, [])];
        foreach (var (_, second) in composites.Keys) Mark(second, UnicodeTraits.JoinsBack);
        // Hangul vowels and final consonants.
        for (var point = 0x1161; point <= 0x1175; point++) Mark(point, UnicodeTraits.JoinsBack);
        for (var point = 0x11A8; point <= 0x11C2; point++) Mark(point, UnicodeTraits.JoinsBack);
    }

    public static UnicodeTraits Traits(int point) => point < planeTraits.Length ? planeTraits[point] : otherTraits.GetValueOrDefault(point);

    public static byte CombiningClass(int point) => point < planeClasses.Length ? planeClasses[point] : classes.GetValueOrDefault(point);

    /// <summary>The whole decomposition, or null where the character stays as it is. Hangul syllables are the caller's.</summary>
    public static int[]? Decomposition(int point, bool loosely) =>
        loosely && compatible.TryGetValue(point, out var loose) ? loose : canonical.GetValueOrDefault(point);

    public static bool TryCompose(int first, int second, out int whole) => composites.TryGetValue((first, second), out whole);

    static void Read(string line, Dictionary<int, int[]> compatibleOnly, HashSet<int> apart)
    {
        var sign = line.AsSpan().IndexOfAny("=:~/");
        var points = line[..sign];
        if (line[sign] == '/')
        {
            ReadClass(points, byte.Parse(line.AsSpan(sign + 1), CultureInfo.InvariantCulture));
            return;
        }
        var (point, parts) = (Hex(points), line[(sign + 1)..].Split(' ').Select(part => Hex(part)).ToArray());
        if (line[sign] == '~') compatibleOnly[point] = parts;
        else canonical[point] = parts;
        if (line[sign] == '=') composites[(parts[0], parts[1])] = point;
        if (line[sign] == ':') apart.Add(point);
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

    static IEnumerable<int> Whole(int point, Dictionary<int, int[]> compatibleOnly) =>
        canonical.TryGetValue(point, out var parts) || compatibleOnly.TryGetValue(point, out parts)
            ? parts.SelectMany(part => Whole(part, compatibleOnly)) : [point];

    static void Mark(int point, UnicodeTraits traits)
    {
        if (point < planeTraits.Length) planeTraits[point] |= traits;
        else otherTraits[point] = otherTraits.GetValueOrDefault(point) | traits;
    }
}
