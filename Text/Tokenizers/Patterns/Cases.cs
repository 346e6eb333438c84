// Lower and upper case of single code points, by Unicode's simple mappings and without any culture.
using System.Text;

namespace Majlis.Text.Tokenizers.Patterns;

static class Cases
{
    public static int Lower(int codePoint) => Rune.TryCreate(codePoint, out var rune) ? Rune.ToLowerInvariant(rune).Value : codePoint;

    // .NET does not change the long s when it runs without ICU.
    public static int Upper(int codePoint) => codePoint == 'ſ' ? 'S'
        : Rune.TryCreate(codePoint, out var rune) ? Rune.ToUpperInvariant(rune).Value : codePoint;
}
