// The names of a split GGUF's parts: NAME-00001-of-00003.gguf and so on, all in one folder. Knows names only.
using System.Globalization;
using System.Text.RegularExpressions;
using Majlis.Text;

namespace Majlis.Model.Weights.Gguf;

static partial class GgufSplit
{
    /// <summary>The paths of the parts after the first; none if the file is whole.</summary>
    public static IEnumerable<string> OtherParts(GgufFile first)
    {
        var count = first.Integer("split.count") ?? 1;
        if (count <= 1) return [];
        var match = Numbered().Match(Path.GetFileName(first.Path));
        if (!match.Success || count > 99999 || int.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture) != count)
            throw new ModelFormatException($"{first.Path}: this is one of {count} parts; expected a name that ends in " +
                $"-00001-of-{count:00000}.gguf.");
        if (int.Parse(match.Groups["part"].Value, CultureInfo.InvariantCulture) != 1)
            throw new ModelFormatException($"{first.Path}: name the first part (-00001-of-{count:00000}.gguf); the others are found " +
                $"beside it.");
        var folder = Path.GetDirectoryName(first.Path) ?? "";
        return Enumerable.Range(2, (int)count - 1)
            .Select(part => Path.Combine(folder, $"{match.Groups["stem"].Value}-{part:00000}-of-{count:00000}.gguf"));
    }

    /// <summary>Whether a name says that it is a part, and not the first.</summary>
    public static bool IsLaterPart(string path) => Numbered().Match(Path.GetFileName(path)) is { Success: true } match
        && match.Groups["part"].Value != "00001";

    [GeneratedRegex(@"^(?<stem>.+)-(?<part>\d{5})-of-(?<count>\d{5})\.gguf$")]
    private static partial Regex Numbered();
}
