// json.dumps as transformers' tojson calls it, and the conversion from JSON to Python values.
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Majlis.Text.Jinja;

sealed class PythonJson(RenderContext context, bool asciiOnly, string? indent, string itemSeparator, string keySeparator, bool sortKeys)
{
    readonly StringBuilder result = new();

    public string Dump(object? value)
    {
        Write(value, 0);
        return result.ToString();
    }

    void Write(object? value, int depth)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Spend(1);
        switch (value)
        {
            case null: result.Append("null"); break;
            case bool b: result.Append(b ? "true" : "false"); break;
            case long or BigInteger: result.Append(CultureInfo.InvariantCulture, $"{value}"); break;
            case double d: result.Append(Number(d)); break;
            case string or Markup: Quote(value.ToString()!); break;
            case List<object?> list: WriteList(list, depth); break;
            case PyTuple tuple: WriteList(tuple.Items, depth); break;
            case PyDict dict: WriteDict(dict, depth); break;
            default: throw JinjaException.Type($"Object of type {PythonType.Name(value)} is not JSON serializable");
        }
    }

    static string Number(double value) => double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "Infinity"
        : double.IsNegativeInfinity(value) ? "-Infinity" : PythonNumber.Format(value);

    void WriteList(IReadOnlyList<object?> items, int depth)
    {
        result.Append('[');
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) result.Append(itemSeparator);
            NewLine(depth + 1);
            Write(items[i], depth + 1);
        }
        if (items.Count > 0) NewLine(depth);
        result.Append(']');
    }

    void WriteDict(PyDict dict, int depth)
    {
        var entries = dict.Items;
        if (sortKeys)
            entries = Sorting.Sort(context, [.. new PyView("dict_items", dict).Items], pair => ((PyTuple)pair!).Items[0], reverse: false)
                .Select(pair => (((PyTuple)pair!).Items[0], ((PyTuple)pair).Items[1]));
        var first = true;
        result.Append('{');
        foreach (var (key, value) in entries)
        {
            if (!first) result.Append(itemSeparator);
            first = false;
            NewLine(depth + 1);
            Quote(Key(key));
            result.Append(keySeparator);
            Write(value, depth + 1);
        }
        if (!first) NewLine(depth);
        result.Append('}');
    }

    static string Key(object? key) => key switch
    {
        string or Markup => key.ToString()!,
        null => "null",
        bool b => b ? "true" : "false",
        double d => Number(d),
        long or BigInteger => PythonText.Print(key),
        _ => throw JinjaException.Type($"keys must be str, int, float, bool or None, not {PythonType.Name(key)}"),
    };

    void NewLine(int depth)
    {
        if (indent is null) return;
        context.SpendText((long)indent.Length * depth);
        result.Append('\n');
        for (var i = 0; i < depth; i++) result.Append(indent);
    }

    void Quote(string text)
    {
        context.SpendText(text.Length);
        result.Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') result.Append('\\').Append(c);
            else if (c == '\n') result.Append("\\n");
            else if (c == '\r') result.Append("\\r");
            else if (c == '\t') result.Append("\\t");
            else if (c == '\b') result.Append("\\b");
            else if (c == '\f') result.Append("\\f");
            else if (c < ' ' || (asciiOnly && c > '~' && c != ForgeryMark.Character))
                result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else result.Append(c);
        }
        result.Append('"');
    }

    /// <summary>JSON as the Python values that json.loads gives.</summary>
    public static object? Load(JsonNode? node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case null: return null;
            case JsonArray array: return array.Select(Load).ToList();
            case JsonObject members:
                var dict = new PyDict();
                foreach (var (name, value) in members) dict[name] = Load(value);
                return dict;
            default:
                return node.GetValueKind() switch
                {
                    JsonValueKind.String => Text(node),
                    JsonValueKind.True => true,
                    JsonValueKind.False => false,
                    JsonValueKind.Number => LoadNumber(node.ToJsonString()),
                    _ => null,
                };
        }
    }

    /// <summary>A string's text; JSON can spell strings that are not valid text.</summary>
    public static string Text(JsonNode node)
    {
        try
        {
            return node.GetValue<string>();
        }
        catch (InvalidOperationException unreadable)
        {
            throw new JinjaException("ValueError", "a string holds half a surrogate pair, which is no character", unreadable);
        }
    }

    static object LoadNumber(string text) => text.AsSpan().ContainsAny(".eE")
        ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : PythonNumber.Shrink(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
}
