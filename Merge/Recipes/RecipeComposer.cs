// Composes YAML into nodes as PyYAML's safe loader does: anchors, aliases, merge keys (<<) that explicit keys override, and the later
// of two equal keys. Knows nothing of a recipe's content.
using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Majlis.Merge.Recipes;

sealed class RecipeComposer
{
    /// <summary>Real recipes nest less than a tenth as deep; the stack holds many times more.</summary>
    const int DeepestNesting = 100;

    readonly AnchorScanner scanner;
    readonly Parser parser;
    readonly string file;
    readonly ImmutableArray<string>.Builder warnings = ImmutableArray.CreateBuilder<string>();

    /// <summary>Null while the anchored node is being read.</summary>
    readonly Dictionary<string, RecipeNode?> anchors = new(StringComparer.Ordinal);

    RecipeComposer(string yaml, string file)
    {
        this.file = file;
        scanner = new AnchorScanner(new Scanner(new StringReader(yaml)));
        parser = new Parser(scanner);
    }

    /// <summary>The only document of a text, and what in it is legal but probably not meant.</summary>
    /// <exception cref="MergeRecipeException">PyYAML's safe loader would refuse the text; names the line.</exception>
    public static (RecipeNode Root, ImmutableArray<string> Warnings) Read(string yaml, string file)
    {
        try
        {
            var composer = new RecipeComposer(yaml, file);
            return (composer.Document(), composer.warnings.ToImmutable());
        }
        catch (YamlException exception)
        {
            throw new MergeRecipeException(
                $"{file}, line {exception.Start.Line}, column {exception.Start.Column}: not YAML: {exception.Message}", exception);
        }
        catch (InvalidOperationException exception)
        {
            throw new MergeRecipeException($"{file}: not YAML: a bracket or brace is not closed", exception); // the scanner gives no place
        }
        catch (ArgumentException exception)
        {
            throw new MergeRecipeException($"{file}: not YAML: a tag (!name) is not well formed", exception); // nor does it for tags
        }
    }

    RecipeNode Document()
    {
        const string Expected = "expected one mapping with merge_method and models or slices, found nothing";
        parser.Consume<StreamStart>();
        if (!parser.TryConsume<DocumentStart>(out _)) throw new MergeRecipeException($"{file}: {Expected}");
        var root = Node(depth: 0);
        parser.Consume<DocumentEnd>();
        if (parser.TryConsume<DocumentStart>(out var second)) throw Error(second, "a second document begins; a recipe is one");
        return root.IsNull ? throw new MergeRecipeException($"{file}: {Expected}") : root;
    }

    RecipeNode Node(int depth)
    {
        if (parser.TryConsume<AnchorAlias>(out var alias)) return Anchored(alias);
        if (depth > DeepestNesting) throw Error(parser.Current!, $"nested more than {DeepestNesting} deep");
        var begin = parser.Accept<NodeEvent>(out var node) ? node : throw Error(parser.Current!, "expected a value");
        var name = begin.Anchor.IsEmpty ? (begin is Scalar ? scanner.AnchorAt(begin.End) : null) : begin.Anchor.Value;
        if (name is not null && !anchors.TryAdd(name, null)) throw Error(begin, $"the anchor &{name} stands twice");
        parser.MoveNext();
        var read = begin switch
        {
            Scalar scalar => Value(scalar),
            SequenceStart list => List(list, depth),
            _ => Mapping((MappingStart)begin, depth),
        };
        if (name is not null) anchors[name] = read;
        return read;
    }

    RecipeNode Anchored(AnchorAlias alias) => !anchors.TryGetValue(alias.Value.Value, out var node)
        ? throw Error(alias, $"the alias *{alias.Value} has no anchor before it")
        : node ?? throw Error(alias, $"the alias *{alias.Value} stands inside what it names");

    RecipeNode Value(Scalar scalar) =>
        RecipeScalar.Resolve(scalar.Value, scalar.Style == ScalarStyle.Plain, scalar.Tag.IsEmpty ? "" : scalar.Tag.Value) is { } value
            ? RecipeNode.Of(file, scalar.Start.Line, value)
            : throw Error(scalar, $"'{scalar.Value}'{(scalar.Tag.IsEmpty ? "" : $" with the tag {scalar.Tag.Value}")} is no value; " +
                "put text in quotes");

    RecipeNode List(SequenceStart begin, int depth)
    {
        CheckTag(begin, "seq");
        var items = new List<RecipeNode>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        return RecipeNode.Of(file, begin.Start.Line, items);
    }

    RecipeNode Mapping(MappingStart begin, int depth)
    {
        CheckTag(begin, "map");
        var own = new Dictionary<string, RecipeNode>(StringComparer.Ordinal);
        var merged = new OrderedDictionary<string, RecipeNode>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key.IsMergeKey) Merge(merged, value);
            else if (!own.TryAdd(key.Written, value))
            {
                warnings.Add($"{file}: '{key.Written}' stands again in line {key.Line}; the later counts, as mergekit reads it");
                own[key.Written] = value;
            }
        }
        foreach (var (key, value) in own) merged[key] = value;
        return RecipeNode.Of(file, begin.Start.Line, merged);
    }

    /// <summary>In a list of mappings the first one with a key counts, so the list is read backwards.</summary>
    static void Merge(OrderedDictionary<string, RecipeNode> merged, RecipeNode value)
    {
        foreach (var source in value.IsList ? value.Items.Reverse() : [value])
        {
            if (!source.IsMapping) throw source.Error("<< takes a mapping, or a list of mappings");
            foreach (var (key, each) in source.Children) merged[key] = each;
        }
    }

    void CheckTag(NodeEvent begin, string kind)
    {
        if (!begin.Tag.IsEmpty && begin.Tag.Value != "!" && begin.Tag.Value != $"tag:yaml.org,2002:{kind}")
            throw Error(begin, $"the tag {begin.Tag.Value} is not known here");
    }

    MergeRecipeException Error(ParsingEvent at, string message) => new($"{file}, line {at.Start.Line}: {message}");
}
