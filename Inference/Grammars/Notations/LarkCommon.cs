// The terminals of Lark's grammar "common", as patterns
// (https://github.com/lark-parser/lark/blob/master/lark/grammars/common.lark). Knows no grammar.
namespace Majlis.Inference.Grammars.Notations;

static class LarkCommon
{
    const string Float = "([0-9]+[eE][+-]?[0-9]+|([0-9]+\\.[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?)";

    public static IReadOnlyDictionary<string, string> Terminals { get; } = new Dictionary<string, string>
    {
        ["DIGIT"] = "[0-9]",
        ["HEXDIGIT"] = "[0-9A-Fa-f]",
        ["INT"] = "[0-9]+",
        ["SIGNED_INT"] = "[+-]?[0-9]+",
        ["DECIMAL"] = "[0-9]+\\.[0-9]*|\\.[0-9]+",
        ["FLOAT"] = Float,
        ["SIGNED_FLOAT"] = $"[+-]?{Float}",
        ["NUMBER"] = $"{Float}|[0-9]+",
        ["SIGNED_NUMBER"] = $"[+-]?({Float}|[0-9]+)",
        ["ESCAPED_STRING"] = "\"([^\"\\\\\\n]|\\\\[^\\n])*\"",
        ["LCASE_LETTER"] = "[a-z]",
        ["UCASE_LETTER"] = "[A-Z]",
        ["LETTER"] = "[A-Za-z]",
        ["WORD"] = "[A-Za-z]+",
        ["CNAME"] = "[A-Za-z_][A-Za-z_0-9]*",
        ["WS_INLINE"] = "[ \\t]+",
        ["WS"] = "[ \\t\\f\\r\\n]+",
        ["CR"] = "\\r",
        ["LF"] = "\\n",
        ["NEWLINE"] = "(\\r?\\n)+",
    };
}
