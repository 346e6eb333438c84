// The formats of strings that are kept to, as patterns: RFC 3339, 3986, 5321 and others that JSON Schema's specification names. Knows no
// schema.
namespace Majlis.Inference.Grammars.Json.Schemas;

static class Formats
{
    const string Month31 = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])";
    const string Month30 = "(0[469]|11)-(0[1-9]|[12][0-9]|30)";
    const string LeapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    const string Date = $"([0-9]{{4}}-({Month31}|{Month30}|02-(0[1-9]|1[0-9]|2[0-8]))|{LeapYear}-02-29)";
    const string Time = @"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    const string Byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    const string Ipv4 = $@"{Byte}\.{Byte}\.{Byte}\.{Byte}";
    const string Group = "[0-9A-Fa-f]{1,4}";
    const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    const string Hostname = $@"{Label}(\.{Label})*";
    const string Word = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    const string Plain = "([A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})";
    const string Letter = $"({Plain}|[:@])";
    const string Rooted = $"//(({Plain}|:)*@)?{Plain}*(:[0-9]*)?(/{Letter}*)*|/({Letter}+(/{Letter}*)*)?";
    const string Absolute = $"[A-Za-z][A-Za-z0-9+.-]*:({Rooted}|{Letter}+(/{Letter}*)*)?";
    const string Tail = $@"(\?({Letter}|[/?])*)?(#({Letter}|[/?])*)?";

    static readonly Dictionary<string, string> patterns = new()
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}[Tt]{Time}",
        ["duration"] = "P([0-9]+W|(?=[0-9]|T[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
            + "(T([0-9]+H([0-9]+M)?([0-9]+S)?|[0-9]+M([0-9]+S)?|[0-9]+S))?)",
        ["uuid"] = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
        ["email"] = $@"{Word}(\.{Word})*@{Hostname}",
        ["hostname"] = Hostname,
        ["ipv4"] = Ipv4,
        ["ipv6"] = Ipv6(),
        ["uri"] = $"{Absolute}{Tail}",
        ["uri-reference"] = $"({Absolute}|{Rooted}|({Plain}|@)+(/{Letter}*)*)?{Tail}",
        ["json-pointer"] = "(/([^/~]|~[01])*)*",
    };

    // Known to the specification and not kept to: a text would have to be judged by more than its characters, or by large tables.
    static readonly string[] unsupported =
        ["idn-email", "idn-hostname", "iri", "iri-reference", "uri-template", "relative-json-pointer", "regex"];

    /// <summary>The pattern of the whole string, or null where the specification knows no such format: then it is a comment.</summary>
    /// <exception cref="GrammarException">The format is not kept to.</exception>
    public static string? Pattern(SchemaPart part, string format) => unsupported.Contains(format)
        ? throw part.Wrong("format", $"the format '{format}' is not supported; there are {string.Join(", ", patterns.Keys.Order())}.")
        : patterns.GetValueOrDefault(format);

    // Eight groups, or fewer around one '::'; the last two may be an IPv4 address.
    static string Ipv6()
    {
        const string last = $"({Group}:{Group}|{Ipv4})";
        var forms = new List<string> { $"({Group}:){{6}}{last}" };
        for (var before = 0; before <= 7; before++)
        {
            var first = before == 0 ? "" : $"({Group}:){{0,{before - 1}}}{Group}";
            var open = before == 0 ? "" : $"({first})?";
            // So many groups follow at least that fewer before '::' have forms of their own.
            forms.Add(before switch
            {
                7 => $"{open}::",
                6 => $"{open}::{Group}",
                _ => $"{open}::({Group}:){{{5 - before}}}{last}",
            });
        }
        return $"({string.Join('|', forms)})";
    }
}
