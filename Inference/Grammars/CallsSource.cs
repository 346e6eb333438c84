// Answers with calls of tools as a grammar: the format's own wording of calls, with arguments that fit the tools' schemas, and beside it
// what the answer may be without a call. Knows no format.
using System.Text;
using System.Text.Json;
using Majlis.Inference.Grammars.Characters;
using Majlis.Inference.Grammars.Json;
using Majlis.Inference.Grammars.Json.Schemas;
using Majlis.Inference.Grammars.Patterns;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Inference.Grammars;

/// <param name="Text">What may be written instead of calls; null where nothing else may.</param>
public sealed record CallsSource(Wording Calls, GrammarSource? Text = null) : GrammarSource
{
    public override string Key => $"calls {Calls.Key} or {Text?.Key}";

    protected override string Contradiction => "No arguments fit the schemas of the tools: conditions exclude each other.";

    internal override Node Start(NodeTable table)
    {
        var calls = new WordingCompiler(table).Compile(Calls);
        return Text is null ? calls : table.Alternation(Text.Start(table), calls);
    }
}

sealed class WordingCompiler(NodeTable table)
{
    readonly PatternCompiler patterns = new(Spelling.Plain(table));
    // The same call may be written in several places.
    readonly Dictionary<string, Node> compiled = [];

    /// <exception cref="GrammarException">A tool's parameters cannot be kept to.</exception>
    public Node Compile(Wording wording) => wording switch
    {
        ExactWording exact => table.Literal(Encoding.UTF8.GetBytes(exact.Text)),
        MarkWording mark => Mark(Encoding.UTF8.GetBytes(mark.Text)),
        PatternWording pattern => patterns.Whole(pattern.Pattern),
        OrderedWording ordered => table.Sequence([.. ordered.Parts.Select(Compile)]),
        AnyWording any => table.Alternation(any.Options.Select(Compile).ToList()),
        RepeatedWording repeated => table.Repeat(Compile(repeated.Part), repeated.Least, repeated.Most),
        FreeWording free => Free(free),
        ArgumentsWording arguments => Arguments(arguments),
        _ => throw new ArgumentOutOfRangeException(nameof(wording)),
    };

    Node Mark(byte[] spelling) => table.Alternation(table.Literal(spelling), table.Literal(TokenTrie.Mark(spelling)));

    Node Free(FreeWording free) => table.Both([
        .. free.Without.Select(sign => table.Not(table.Sequence(table.AnyBytes, Compile(sign), table.AnyBytes))),
        .. free.NotFirst.Select(sign => table.Not(table.Sequence(Compile(sign), table.AnyBytes)))]);

    Node Arguments(ArgumentsWording arguments)
    {
        if (compiled.TryGetValue(arguments.Key, out var known)) return known;
        var layout = JsonLayout.Indented with
        {
            Language = arguments.Form switch
            {
                ArgumentForm.Python => ValueLanguage.Python,
                ArgumentForm.Gemma => ValueLanguage.Gemma,
                _ => ValueLanguage.Json,
            },
        };
        try
        {
            using var schema = JsonDocument.Parse(arguments.Tool.Schema, new JsonDocumentOptions { MaxDepth = SchemaSource.MostLevels });
            return compiled[arguments.Key] = new SchemaCompiler(new(table, layout)).Arguments(schema.RootElement, arguments);
        }
        catch (GrammarException wrong)
        {
            throw new GrammarException($"Of the parameters of '{arguments.Tool.Name}': {wrong.Message}");
        }
    }
}
