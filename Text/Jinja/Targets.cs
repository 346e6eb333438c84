// The targets of assignments: a name, a tuple of names, a namespace's attribute.
namespace Majlis.Text.Jinja;

abstract class Target
{
    public abstract void Assign(Frame frame, object? value);
}

sealed class NameTarget(string name) : Target
{
    public override void Assign(Frame frame, object? value) => frame.Scope.Set(name, value);
}

sealed class NamespaceTarget(string name, string attribute) : Target
{
    public override void Assign(Frame frame, object? value)
    {
        if (frame.Resolve(name) is not Namespace space)
            throw new JinjaException("TemplateRuntimeError", "cannot assign attribute on non-namespace object");
        space.Values[attribute] = value;
    }
}

sealed class TupleTarget(IReadOnlyList<Target> targets) : Target
{
    public override void Assign(Frame frame, object? value)
    {
        if (value is Undefined undefined) throw undefined.Error();
        var items = Sequences.Iterate(value, $"cannot unpack non-iterable {PythonType.Name(value)} object").Take(targets.Count + 1)
            .ToList();
        if (items.Count > targets.Count) throw JinjaException.Value($"too many values to unpack (expected {targets.Count})");
        if (items.Count < targets.Count)
            throw JinjaException.Value($"not enough values to unpack (expected {targets.Count}, got {items.Count})");
        for (var i = 0; i < items.Count; i++) targets[i].Assign(frame, items[i]);
    }
}
