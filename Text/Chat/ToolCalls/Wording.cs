// What a model may write, as a tree: said here by those who know formats, compiled by those who know grammars. Data only.
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Majlis.Text.Chat.ToolCalls;

/// <summary>A set of texts. Equal keys are equal sets.</summary>
public abstract record Wording
{
    /// <summary>White space, a bounded amount of it, or none.</summary>
    public static Wording Space { get; } = new PatternWording(" ?([\\r\\n]{1,4}[ \\t]{0,32})?");

    public static Wording Nothing { get; } = new ExactWording("");

    public abstract string Key { get; }

    public static implicit operator Wording(string exactly) => new ExactWording(exactly);

    public static Wording InOrder(params ImmutableArray<Wording> parts) => new OrderedWording(parts);

    /// <summary>One after the other, with or without white space between them.</summary>
    public static Wording Spaced(params IEnumerable<Wording> parts) =>
        InOrder([.. parts.SelectMany(part => new[] { Space, part }).Skip(1)]);

    public static Wording AnyOf(params IEnumerable<Wording> options) => new AnyWording([.. options]);

    public static Wording Optional(Wording part) => new RepeatedWording(part, 0, 1);

    /// <summary>At least one, with <paramref name="between"/> between them.</summary>
    public static Wording List(Wording item, Wording between, bool onlyOne) =>
        onlyOne ? item : InOrder(item, new RepeatedWording(InOrder(between, item), 0, null));
}

public sealed record ExactWording(string Text) : Wording
{
    public override string Key => JsonValue.Create(Text).ToJsonString();
}

/// <summary>A mark: the special token of this spelling, or its letters.</summary>
public sealed record MarkWording(string Text) : Wording
{
    public override string Key => $"mark {JsonValue.Create(Text).ToJsonString()}";
}

/// <summary>Texts that the whole pattern matches.</summary>
public sealed record PatternWording(string Pattern) : Wording
{
    public override string Key => $"/{Pattern}/";
}

public sealed record OrderedWording(ImmutableArray<Wording> Parts) : Wording
{
    public override string Key => $"({string.Join(' ', Parts.Select(part => part.Key))})";
}

public sealed record AnyWording(ImmutableArray<Wording> Options) : Wording
{
    public override string Key => $"({string.Join(" | ", Options.Select(option => option.Key))})";
}

public sealed record RepeatedWording(Wording Part, int Least, int? Most) : Wording
{
    public override string Key => $"{Part.Key}{{{Least},{Most}}}";
}

/// <summary>Any text, other special tokens included, in which nothing of <paramref name="Without"/> occurs.</summary>
/// <param name="NotFirst">What it does not begin with.</param>
public sealed record FreeWording(ImmutableArray<Wording> Without, ImmutableArray<Wording> NotFirst) : Wording
{
    public override string Key =>
        $"(free without {new AnyWording(Without).Key} not beginning with {new AnyWording(NotFirst).Key})";
}

/// <summary>The forms in which formats write a call's arguments.</summary>
public enum ArgumentForm
{
    /// <summary><c>{"city": "Fes"}</c></summary>
    Json,

    /// <summary><c>(city="Fes")</c></summary>
    Python,

    /// <summary><c>&lt;parameter=city&gt;</c>, the value on lines of its own, <c>&lt;/parameter&gt;</c></summary>
    Tags,

    /// <summary><c>&lt;arg_key&gt;city&lt;/arg_key&gt;</c>, <c>&lt;arg_value&gt;Fes&lt;/arg_value&gt;</c></summary>
    KeysAndValues,

    /// <summary><c>{city:&lt;|"|&gt;Fes&lt;|"|&gt;}</c></summary>
    Gemma,
}

/// <summary>The arguments of a tool's call, as its parameters want them.</summary>
public sealed record ArgumentsWording(CallTool Tool, ArgumentForm Form) : Wording
{
    public override string Key => $"({Form} {Tool.Name} {Tool.Schema})";
}
