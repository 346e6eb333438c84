// The types of values beside .NET's own null (None), bool, long, BigInteger, double, string and List<object?>.
// Templates can change only Namespace, as under Jinja2's immutable sandbox.
namespace Majlis.Text.Jinja;

/// <summary>The value of a missing name or attribute. Prints as nothing; most uses throw <see cref="Error"/>.</summary>
sealed class Undefined(string message, string kind = "UndefinedError")
{
    public JinjaException Error() => new(kind, message);

    public static Undefined Name(string name) => new($"{PythonText.Repr(name)} is undefined");

    public static Undefined Member(object? owner, object? key) => owner is Undefined undefined ? undefined
        : key is string name ? new($"'{PythonType.Qualified(owner)}' has no attribute {PythonText.Repr(name)}")
        : new($"{PythonType.Qualified(owner)} has no element {PythonText.Repr(key)}");

    public static Undefined Unsafe(object? owner, string name) =>
        new($"access to attribute {PythonText.Repr(name)} of '{PythonType.Name(owner)}' object is unsafe.", "SecurityError");
}

/// <summary>A string marked safe (<c>|safe</c>): adding other text to it escapes that text for HTML, as in Jinja2.</summary>
sealed record Markup(string Text)
{
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal)
            .Replace("\"", "&#34;", StringComparison.Ordinal);

    public override string ToString() => Text;
}

/// <summary>A tuple; <paramref name="Names"/> is set if its items can also be read by name.</summary>
sealed record PyTuple(object?[] Items, string[]? Names = null);

/// <summary>A range: start, stop and step are small, its length is at most <see cref="Globals.LongestRange"/>.</summary>
sealed record PyRange(long Start, long Stop, long Step)
{
    public int Length =>
        (int)Math.Clamp(Step > 0 ? (Stop - Start + Step - 1) / Step : (Start - Stop - Step - 1) / -Step, 0, int.MaxValue);

    public object? this[int index] => Start + index * Step;

    /// <summary>The range of every <paramref name="stride"/>th number from index <paramref name="from"/> to before
    /// <paramref name="to"/>.</summary>
    public PyRange Between(int from, int to, int stride) => new(Start + from * Step, Start + to * Step, Step * stride);
}

/// <summary>A value that can be iterated once and has no length, like a Python generator.</summary>
sealed class PyGenerator(IEnumerable<object?> source, string typeName = "generator") : IDisposable
{
    readonly IEnumerator<object?> items = source.GetEnumerator();

    public string TypeName => typeName;

    public IEnumerable<object?> Rest()
    {
        while (items.MoveNext()) yield return items.Current;
    }

    public void Dispose() => items.Dispose();
}

/// <summary>The result of <c>dict.items()</c>, <c>keys()</c> and <c>values()</c>: it has a length and no index.</summary>
sealed record PyView(string Kind, PyDict Dict)
{
    public IEnumerable<object?> Items => Kind switch
    {
        "dict_keys" => Dict.Items.Select(item => item.Key),
        "dict_values" => Dict.Items.Select(item => item.Value),
        _ => Dict.Items.Select(item => (object?)new PyTuple([item.Key, item.Value])),
    };
}

/// <summary>The only value that a template may change: <c>{% set ns.x = ... %}</c>.</summary>
sealed class Namespace(PyDict values)
{
    public PyDict Values => values;
}

/// <summary><c>self</c>: the template itself, which would give its blocks if prompts had blocks.</summary>
sealed class TemplateReference;

/// <summary><c>cycler(...)</c>: gives its values in turn.</summary>
sealed class Cycler(object?[] items)
{
    int position;

    public object? Current => items[position];

    public object? Next()
    {
        var current = items[position];
        position = (position + 1) % items.Length;
        return current;
    }

    public void Reset() => position = 0;
}
