// A YAML node that knows its place, so that every error names file, line and key. Knows nothing of merging.
using System.Globalization;

namespace Majlis.Merge.Recipes;

sealed class RecipeNode
{
    readonly string file;
    readonly RecipeScalar? scalar;
    readonly IReadOnlyList<RecipeNode>? items;
    readonly IReadOnlyDictionary<string, RecipeNode>? children;

    RecipeNode(string file, long line, RecipeScalar? scalar, IReadOnlyList<RecipeNode>? items,
        IReadOnlyDictionary<string, RecipeNode>? children) =>
        (this.file, Line, this.scalar, this.items, this.children) = (file, line, scalar, items, children);

    public static RecipeNode Of(string file, long line, RecipeScalar value) => new(file, line, value, null, null);

    public static RecipeNode Of(string file, long line, IReadOnlyList<RecipeNode> items) => new(file, line, null, items, null);

    public static RecipeNode Of(string file, long line, IReadOnlyDictionary<string, RecipeNode> children) =>
        new(file, line, null, null, children);

    public long Line { get; }

    public bool IsNull => scalar is { Kind: ScalarKind.Null };

    public bool IsMergeKey => scalar is { Kind: ScalarKind.MergeKey };

    public bool IsList => items is not null;

    public bool IsMapping => children is not null;

    public IReadOnlyList<RecipeNode> Items => items ?? throw Error("expected a list");

    public IReadOnlyDictionary<string, RecipeNode> Children => children ?? throw Error("expected keys with values");

    /// <summary>The text of a key.</summary>
    public string Written => scalar is { } value ? value.Written : throw Error("a key must be one word");

    /// <summary>The keys with a value: null counts as absent.</summary>
    public IEnumerable<string> Keys => Children.Where(child => !child.Value.IsNull).Select(child => child.Key);

    public RecipeNode? Child(string key) => Children.TryGetValue(key, out var child) && !child.IsNull ? child : null;

    public IReadOnlyList<RecipeNode> List(string key) => Child(key)?.Items ?? [];

    public string? Text(string key) => Child(key) is not { } child ? null
        : child.Scalar is { Kind: ScalarKind.Text } text ? text.Written
        : throw child.Error($"{key}: {child.Scalar.Written} is {child.Scalar.KindName} in YAML, expected text; put it in quotes");

    /// <summary>A number, or text that is one: mergekit also reads 1e-1 as a number, which is text in YAML 1.1.</summary>
    public double Number()
    {
        var number = Scalar.Kind == ScalarKind.Number ? Scalar.Number : Scalar.Kind == ScalarKind.Text && double.TryParse(
            Scalar.Written, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : (double?)null;
        var kind = Scalar.Kind == ScalarKind.Number ? "" : $" but {Scalar.KindName}";
        return number is { } value && double.IsFinite(value) ? value : throw Error($"'{Scalar.Written}' is not a finite number{kind}");
    }

    /// <summary>A truth value of YAML 1.1, 1 or 0.</summary>
    public bool Flag() => Scalar switch
    {
        { Kind: ScalarKind.Flag or ScalarKind.Number, Number: 1 } => true,
        { Kind: ScalarKind.Flag or ScalarKind.Number, Number: 0 } => false,
        var other => throw Error($"'{other.Written}' is neither true nor false{(other.Kind == ScalarKind.Text ? " but text" : "")}"),
    };

    /// <summary>
    /// Every key must be in <paramref name="known"/>; a key in <paramref name="unused"/> may stand without a value.
    /// </summary>
    public void RefuseOtherKeys(IReadOnlyCollection<string> known, params IReadOnlyCollection<string> unused)
    {
        foreach (var (key, child) in Children)
        {
            if (known.Contains(key) || unused.Contains(key) && child.IsNull) continue;
            throw child.Error(unused.Contains(key) ? $"'{key}' is not supported here; leave it out"
                : $"'{key}' is not known here; known are {string.Join(", ", known)}");
        }
    }

    public MergeRecipeException Error(string message) => new($"{file}, line {Line}: {message}");

    RecipeScalar Scalar => scalar ?? throw Error("expected one value");
}
