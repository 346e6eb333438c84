// Lower and upper case of single code points, by Unicode's simple mappings and without any culture.
using System.Text;

namespace Majlis.Model.Tokenizers;

static class Cases
{
    public static int Lower(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF ? codePoint : Rune.ToLowerInvariant(new Rune(codePoint)).Value;

    public static int Upper(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF ? codePoint : Rune.ToUpperInvariant(new Rune(codePoint)).Value;
}
