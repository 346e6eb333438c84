// What a template uses, recorded while it is parsed: names, texts it writes, and texts it looks for in its input.
namespace Majlis.Text.Jinja;

[Flags]
enum SpecialNames { None = 0, Caller = 1, VarArgs = 2, KwArgs = 4 }

sealed class TemplateFacts
{
    /// <summary>Names read anywhere.</summary>
    public HashSet<string> Names { get; } = [];

    /// <summary>Text between tags, and string literals: everything that the template itself can write.</summary>
    public HashSet<string> Texts { get; } = [];

    /// <summary>Attributes read by name anywhere.</summary>
    public HashSet<string> Members { get; } = [];

    /// <summary>Literals that values are compared with, split at or searched for.</summary>
    public HashSet<string> Sought { get; } = [];

    /// <summary>Filters used on a value or a block.</summary>
    public HashSet<string> Filters { get; } = [];

    /// <summary>The special names of macros that were read since this was last cleared.</summary>
    public SpecialNames SpecialNames { get; set; }

    public void Read(string name)
    {
        Names.Add(name);
        SpecialNames |= name switch
        {
            "caller" => SpecialNames.Caller,
            "varargs" => SpecialNames.VarArgs,
            "kwargs" => SpecialNames.KwArgs,
            _ => SpecialNames.None,
        };
    }

    public void Seek(Expression value)
    {
        if (value is Constant { Value: string text }) Sought.Add(text);
    }
}
