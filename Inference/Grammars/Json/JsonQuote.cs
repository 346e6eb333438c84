// A JSON string in its shortest spelling: only what must be escaped is. Knows no grammar.
using System.Globalization;
using System.Text;

namespace Majlis.Inference.Grammars.Json;

static class JsonQuote
{
    public static string Of(string text) => $"\"{Content(text)}\"";

    /// <summary>Without quotes. Halves of surrogate pairs become U+FFFD.</summary>
    public static string Content(string text)
    {
        var quoted = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\b' => @"\b",
                '\f' => @"\f",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                < 0x20 => "\\u" + rune.Value.ToString("x4", CultureInfo.InvariantCulture),
                _ => rune.ToString(),
            });
        return quoted.ToString();
    }
}
