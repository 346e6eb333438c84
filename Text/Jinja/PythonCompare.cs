// Python's equality, order and truth.
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Majlis.Text.Jinja;

static class PythonCompare
{
    public static bool Truth(object? value) => value switch
    {
        null or Undefined => false,
        bool b => b,
        long l => l != 0,
        double d => d != 0,
        BigInteger big => !big.IsZero,
        string s => s.Length > 0,
        Markup markup => markup.Text.Length > 0,
        List<object?> list => list.Count > 0,
        PyTuple tuple => tuple.Items.Length > 0,
        PyDict dict => dict.Count > 0,
        PyView view => view.Dict.Count > 0,
        PyRange range => range.Length > 0,
        _ => true,
    };

    public static bool AreEqual(object? a, object? b)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (PythonNumber.IsNumber(a) && PythonNumber.IsNumber(b)) return Numbers(a, b) == 0;
        return (a, b) switch
        {
            (null, null) => true,
            (Undefined, Undefined) => true,
            (string or Markup, string or Markup) => string.Equals(a.ToString(), b.ToString(), StringComparison.Ordinal),
            (List<object?> x, List<object?> y) => AreEqual(x, y),
            (PyTuple x, PyTuple y) => AreEqual(x.Items, y.Items),
            (PyRange x, PyRange y) =>
                x.Length == y.Length && (x.Length == 0 || (x.Start == y.Start && (x.Length == 1 || x.Step == y.Step))),
            (PyDict x, PyDict y) =>
                x.Count == y.Count && x.Items.All(item => y.TryGet(item.Key, out var other) && AreEqual(item.Value, other)),
            _ => ReferenceEquals(a, b),
        };
    }

    static bool AreEqual(IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count) return false;
        for (var i = 0; i < a.Count; i++)
            if (!AreEqual(a[i], b[i])) return false;
        return true;
    }

    // Null if one of them is not a number.
    static int? Numbers(object? a, object? b)
    {
        if (a is not double && b is not double) return PythonNumber.Big(a).CompareTo(PythonNumber.Big(b));
        if ((a is double x && double.IsNaN(x)) || (b is double y && double.IsNaN(y))) return null;
        if (a is double && b is double) return ((double)a).CompareTo((double)b);
        var real = a is double d ? d : (double)b!;
        var whole = PythonNumber.Big(a is double ? b : a);
        var order = double.IsInfinity(real) ? Math.Sign(-real)
            : whole.CompareTo(new BigInteger(Math.Floor(real))) is var c && c != 0 ? c
            : Math.Floor(real) < real ? -1 : 0;
        return a is double ? -order : order;
    }

    /// <summary>a &lt; b, a &lt;= b, a &gt; b or a &gt;= b by <paramref name="operation"/>.</summary>
    public static bool Ordered(object? a, object? b, string operation)
    {
        if (PythonNumber.IsNumber(a) && PythonNumber.IsNumber(b)) return Numbers(a, b) is { } number && Holds(number, operation);
        return Holds(Order(a, b, operation), operation);
    }

    static bool Holds(int order, string operation) =>
        operation switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 };

    static int Order(object? a, object? b, string operation)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return (a, b) switch
        {
            (Undefined undefined, _) => throw undefined.Error(),
            (_, Undefined undefined) => throw undefined.Error(),
            (string or Markup, string or Markup) => CompareText(a.ToString()!, b.ToString()!),
            (List<object?> x, List<object?> y) => Order(x, y, operation),
            (PyTuple x, PyTuple y) => Order(x.Items, y.Items, operation),
            _ when PythonNumber.IsNumber(a) && PythonNumber.IsNumber(b) => Numbers(a, b) ?? 0,
            _ => throw JinjaException.Type(
                $"'{operation}' not supported between instances of '{PythonType.Name(a)}' and '{PythonType.Name(b)}'"),
        };
    }

    static int Order(IReadOnlyList<object?> a, IReadOnlyList<object?> b, string operation)
    {
        for (var i = 0; i < a.Count && i < b.Count; i++)
            if (!AreEqual(a[i], b[i])) return Order(a[i], b[i], operation);
        return a.Count.CompareTo(b.Count);
    }

    // By code points: UTF-16 order differs for surrogates and characters from U+E000 on.
    static int CompareText(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] == b[i]) continue;
            var (x, y) = (a[i], b[i]);
            return char.IsSurrogate(x) == char.IsSurrogate(y) ? x.CompareTo(y) : char.IsSurrogate(x) ? 1 : -1;
        }
        return a.Length.CompareTo(b.Length);
    }

    /// <summary><c>item in container</c></summary>
    public static bool Contains(object? container, object? item) => container switch
    {
        string or Markup => item switch
        {
            string or Markup => container.ToString()!.Contains(item.ToString()!, StringComparison.Ordinal),
            Undefined undefined => throw undefined.Error(),
            _ => throw JinjaException.Type($"'in <string>' requires string as left operand, not {PythonType.Name(item)}"),
        },
        PyDict dict => dict.Has(item),
        PyView { Kind: "dict_keys" } view => view.Dict.Has(item),
        _ => Sequences.Iterate(container, $"argument of type '{PythonType.Name(container)}' is not iterable")
            .Any(other => AreEqual(other, item)),
    };
}
