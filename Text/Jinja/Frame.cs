// The environment in which a statement runs: its scope of names and the text it writes to.
using System.Text;

namespace Majlis.Text.Jinja;

/// <summary>The names set in a block; a name that is not here is looked up in the enclosing block.</summary>
sealed class Scope(Scope? outer)
{
    Dictionary<string, object?>? names;

    public void Set(string name, object? value) => (names ??= [])[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
            if (scope.names is { } known && known.TryGetValue(name, out value)) return true;
        value = null;
        return false;
    }

    Scope? Outer => outer;

    public Scope Root => outer is null ? this : outer.Root;
}

sealed record Frame(RenderContext Context, Scope Scope, StringBuilder Output)
{
    public Frame Inner() => this with { Scope = new Scope(Scope) };

    public Frame Capture() => new(Context, new Scope(Scope), new StringBuilder());

    public object? Resolve(string name) => Scope.TryGet(name, out var value) ? value : Context.Resolve(name);
}
