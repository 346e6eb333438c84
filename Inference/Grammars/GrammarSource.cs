// The notations in which a request can give a grammar, and their compilation. Knows no HTTP.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Json;
using Majlis.Inference.Grammars.Json.Schemas;
using Majlis.Inference.Grammars.Notations;
using Majlis.Inference.Grammars.Patterns;

namespace Majlis.Inference.Grammars;

/// <summary>A grammar as it was asked for. Equal sources compile to equal grammars.</summary>
public abstract record GrammarSource
{
    /// <summary>What distinguishes it from every other source.</summary>
    public abstract string Key { get; }

    /// <summary>Compiles it anew.</summary>
    /// <exception cref="GrammarException">It is wrong, unsupported, too large, or no text fits it.</exception>
    public Grammar Compile()
    {
        try
        {
            var table = new NodeTable();
            return new(table, Start(table), Contradiction);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new GrammarException("The grammar is nested too deeply.");
        }
    }

    protected abstract string Contradiction { get; }

    internal abstract Node Start(NodeTable table);
}

/// <summary>One of several texts.</summary>
public sealed record ChoiceSource(IReadOnlyList<string> Choices) : GrammarSource
{
    public override string Key => "choice " + JsonSerializer.Serialize(Choices);

    protected override string Contradiction => "The list of choices is empty.";

    internal override Node Start(NodeTable table) => table.Alternation(Choices.Select(text => table.Literal(Encoding.UTF8.GetBytes(text))));
}

/// <summary>A regular expression that the whole text matches.</summary>
public sealed record RegexSource(string Pattern) : GrammarSource
{
    public override string Key => "regex " + Pattern;

    protected override string Contradiction => "No text matches the pattern.";

    internal override Node Start(NodeTable table) => new PatternCompiler(Spelling.Plain(table)).Whole(Pattern);
}

/// <summary>Rules in llama.cpp's GBNF, or in Lark's notation where no <c>::=</c> occurs.</summary>
public sealed record RulesSource(string Rules) : GrammarSource
{
    public override string Key => "rules " + Rules;

    protected override string Contradiction => "No text fits the grammar: its rules call themselves without end.";

    internal override Node Start(NodeTable table) =>
        Rules.Contains("::=", StringComparison.Ordinal) ? new GbnfReader(table, Rules).Read() : new LarkReader(table, Rules).Read();
}

/// <summary>A JSON Schema; <c>true</c> is any value.</summary>
/// <param name="Schema">JSON text.</param>
public sealed record SchemaSource(string Schema, JsonLayout Layout) : GrammarSource
{
    // Schemas come out of bodies that are read 64 levels deep, some within levels that the server puts around them.
    internal const int MostLevels = 128;

    public override string Key => $"schema {Layout.MostIndent} {Schema}";

    protected override string Contradiction =>
        "No JSON value fits the schema: conditions exclude each other, or it contains itself without end.";

    internal override Node Start(NodeTable table)
    {
        using var schema = JsonDocument.Parse(Schema, new JsonDocumentOptions { MaxDepth = MostLevels });
        return new SchemaCompiler(new(table, Layout)).Compile(schema.RootElement);
    }
}
