// A Python dict: keeps insertion order; 1, 1.0 and True are the same key.
using System.Numerics;

namespace Majlis.Text.Jinja;

sealed class PyDict
{
    // Represents the key None, which .NET's dictionaries refuse.
    static readonly object noneKey = new();

    readonly OrderedDictionary<object, object?> entries = new(KeyComparer.Instance);

    public int Count => entries.Count;

    public IEnumerable<(object? Key, object? Value)> Items =>
        entries.Select(entry => (ReferenceEquals(entry.Key, noneKey) ? null : entry.Key, entry.Value));

    public object? this[object? key]
    {
        set => entries[Hashable(key)] = value;
    }

    public bool TryGet(object? key, out object? value) => entries.TryGetValue(Hashable(key), out value);

    public bool Has(object? key) => entries.ContainsKey(Hashable(key));

    static object Hashable(object? key) => key switch
    {
        null => noneKey,
        List<object?> or PyDict => throw JinjaException.Type($"unhashable type: '{PythonType.Name(key)}'"),
        Markup markup => markup.Text,
        PyTuple tuple => HashableTuple(tuple),
        _ => key,
    };

    static PyTuple HashableTuple(PyTuple tuple)
    {
        foreach (var item in tuple.Items) Hashable(item);
        return tuple;
    }

    sealed class KeyComparer : IEqualityComparer<object>
    {
        public static KeyComparer Instance { get; } = new();

        public new bool Equals(object? a, object? b) => PythonCompare.AreEqual(a, b);

        public int GetHashCode(object key) => key switch
        {
            bool b => b ? 1L.GetHashCode() : 0L.GetHashCode(),
            double d when Math.Abs(d) < 1e15 && Math.Floor(d) == d => ((long)d).GetHashCode(),
            double d when double.IsFinite(d) && Math.Floor(d) == d => new BigInteger(d).GetHashCode(),
            PyTuple tuple => tuple.Items.Aggregate(17, (hash, item) => hash * 31 + (item is null ? 0 : GetHashCode(item))),
            Undefined => 7,
            _ => key.GetHashCode(),
        };
    }
}
