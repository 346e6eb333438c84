// value.name and value[key] under the immutable sandbox: no attribute that begins with an underscore, nothing that changes
// a list or dict. A missing name or key gives Undefined, not an error.
namespace Majlis.Text.Jinja;

static class Access
{
    static readonly HashSet<string> changing = ["append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove", "popitem",
        "setdefault", "update"];

    /// <summary>The attribute; if the type has none of that name, the item.</summary>
    public static object? Attribute(object? owner, string name)
    {
        if (owner is Undefined undefined) throw undefined.Error();
        if (owner is LoopState loop) return loop.Attribute(name);
        return Own(owner, name) ?? (owner is PyDict dict && dict.TryGet(name, out var value) ? value
            : owner is Namespace space && space.Values.TryGet(name, out value) ? value
            : Undefined.Member(owner, name));
    }

    /// <summary>The item; if there is none and the key is a string, the attribute of that name.</summary>
    public static object? Item(object? owner, object? key)
    {
        if (owner is Undefined undefined) throw undefined.Error();
        if (owner is PyDict dict && key is not (List<object?> or PyDict) && dict.TryGet(key, out var value)) return value;
        if (PythonNumber.IsInteger(key) && Indexed(owner, PythonNumber.Index(key), out value)) return value;
        if (key is not (string or Markup)) return Undefined.Member(owner, key);
        return Own(owner, key.ToString()!) ?? (owner is Namespace space && space.Values.TryGet(key, out value) ? value
            : Undefined.Member(owner, key.ToString()));
    }

    static bool Indexed(object? owner, int index, out object? value)
    {
        value = null;
        if (owner is string text && index >= 0 && index < text.Length && !char.IsSurrogate(text[index]) && !PythonText.HasPairs(text))
        {
            value = text[index].ToString();
            return true;
        }
        if (Sequences.Indexed(owner) is not { } items) return false;
        if (index < 0) index += items.Count;
        if (index < 0 || index >= items.Count) return false;
        value = items[index];
        return true;
    }

    /// <summary>The attribute only; null where the type has none of that name.</summary>
    public static object? Own(object? owner, string name)
    {
        if (name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal))
            return Undefined.Unsafe(owner, name);
        if (owner is List<object?> or PyDict && changing.Contains(name) && HasChanging(owner, name)) return Undefined.Unsafe(owner, name);
        return owner switch
        {
            string text => StringMethods.Find(text, name),
            Markup markup => StringMethods.Find(markup, name),
            PyDict dict => ContainerMethods.Find(dict, name),
            PyTuple { Names: { } names } tuple when Array.IndexOf(names, name) is var at and >= 0 => tuple.Items[at],
            List<object?> or PyTuple or PyRange => ContainerMethods.Find(owner, name),
            MacroValue macro => macro.Attribute(name),
            Cycler cycler => ContainerMethods.Find(cycler, name),
            long or bool or double or System.Numerics.BigInteger => NumberAttributes.Find(owner, name),
            _ => null,
        };
    }

    static bool HasChanging(object owner, string name) =>
        owner is PyDict ? name is "clear" or "pop" or "popitem" or "setdefault" or "update"
            : name is not ("popitem" or "setdefault" or "update");
}
