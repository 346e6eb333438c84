// Compiles a JSON Schema (2020-12, and what earlier drafts said otherwise) to an expression: one rule for each set of subschemas that must
// hold together, so that a recursive schema becomes recursive rules.
using System.Runtime.CompilerServices;
using System.Text.Json;
using Majlis.Inference.Grammars.Json.Schemas.Arrays;
using Majlis.Inference.Grammars.Json.Schemas.Objects;
using Majlis.Text.Chat.ToolCalls;

namespace Majlis.Inference.Grammars.Json.Schemas;

sealed class SchemaCompiler
{
    const int MostRules = 20_000;

    readonly JsonTexts json;
    readonly Dictionary<JsonForm, SchemaCompiler> forms;
    readonly NodeTable table;
    readonly Dictionary<string, RuleNode> rules = [];
    readonly ScalarRules scalars;
    readonly ListedValues listed;
    readonly ArrayRules arrays;
    readonly ObjectRules objects;

    public SchemaCompiler(JsonTexts json) : this(json, [])
    { }

    SchemaCompiler(JsonTexts json, Dictionary<JsonForm, SchemaCompiler> forms)
    {
        (this.json, table, this.forms) = (json, json.Table, forms);
        forms.Add(json.Form, this);
        scalars = new(json, json.Spelling);
        listed = new(scalars);
        arrays = new(json, listed, Value);
        objects = new(table, scalars, new BracedObject(json, Value), new BracedObject(json, parts => Value(parts, json.Form.Within())));
    }

    /// <exception cref="GrammarException">The message names the keyword and its place.</exception>
    public Node Compile(JsonElement schema) => Value([SchemaPart.At(schema, "#", new SchemaResource(schema))]);

    /// <summary>The arguments of a call, which are an object in a form of its own; objects in it are not.</summary>
    /// <exception cref="GrammarException">The message names the keyword and its place.</exception>
    public Node Arguments(JsonElement schema, ArgumentsWording wording)
    {
        var form = wording.Form switch
        {
            ArgumentForm.Python => new KeywordArguments(json, Value),
            ArgumentForm.Tags => new TaggedArguments(json, Value, ArgumentTags.Parameter, wording.Tool.PlainTexts),
            ArgumentForm.KeysAndValues => new TaggedArguments(json, Value, ArgumentTags.KeyAndValue, wording.Tool.PlainTexts),
            _ => (ObjectForm)new BracedObject(json, Value),
        };
        var written = new ObjectRules(table, scalars, form, form);
        return Of(Conjunction.Of([SchemaPart.At(schema, "#", new SchemaResource(schema))]));

        Node Of(Conjunction? all)
        {
            if (all is null || !ValueTypes.Of(all).Contains("object")) return table.Nothing;
            if (all.Branches() is { } branches) return table.Alternation(branches.Select(Of).ToList());
            foreach (var keyword in new[] { "enum", "const" })
                if (all.All(keyword).Select(one => one.Part).FirstOrDefault() is { } part) throw part.Unsupported(keyword);
            return written.Compile(all);
        }
    }

    /// <summary>The values for which all parts hold, in a form; not in Python where that is another.</summary>
    Node Value(IEnumerable<SchemaPart> parts, JsonForm form)
    {
        if (!forms.TryGetValue(form, out var compiler)) compiler = new(json.As(form)!, forms);
        return compiler.Value(parts);
    }

    /// <summary>The values for which all parts hold.</summary>
    Node Value(IEnumerable<SchemaPart> parts) => Conjunction.Of(parts) is { } all ? Value(all) : table.Nothing;

    Node Value(Conjunction all)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (all.Parts.Count == 0) return json.Form == JsonForm.Within ? throw new OpenValueException() : json.AnyValue;
        if (rules.TryGetValue(all.Key, out var known)) return known;
        if (rules.Count == MostRules)
            throw new GrammarException($"The schema is too large: more than {MostRules} different sets of conditions.");
        var rule = rules[all.Key] = table.Rule(all.Parts[0].Path is var path and not "#" ? path : null);
        rule.Body = all.Branches() is { } branches
            ? table.Alternation(branches.Select(branch => branch is null ? table.Nothing : Value(branch)).ToList())
            : OfOneKind(all);
        return rule;
    }

    Node OfOneKind(Conjunction all)
    {
        var types = ValueTypes.Of(all);
        if (ScalarRules.Literals(all) is { } literals)
            return table.Alternation(listed.Fitting(all, literals).Select(json.Literal).ToList());
        foreach (var (part, value) in all.All("not"))
            if (ScalarRules.Excluded(value).Any(one => one.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                && types.Contains(ValueTypes.Of(one))))
                throw part.Wrong("not", "single objects and arrays cannot be excluded.");
        return table.Alternation(
            types.Contains("null") && !ScalarRules.Excludes(all, "null") ? json.Null : table.Nothing,
            types.Contains("boolean") ? scalars.Boolean(all) : table.Nothing,
            types.Contains("integer") ? scalars.Number(all, isInteger: !types.Contains("number")) : table.Nothing,
            types.Contains("string") ? json.Quoted(scalars.String(all)) : table.Nothing,
            types.Contains("array") ? arrays.Compile(all) : table.Nothing,
            types.Contains("object") ? objects.Compile(all) : table.Nothing);
    }
}
