// What follows each class of bytes after a state, as far as it was asked for. Most states of a walk are asked for one class alone, and an
// array for all would cost more than finding it. Knows no expression's kind.
namespace Majlis.Inference.Grammars;

struct Followers
{
    Node?[]? all;
    Node? only;
    int onlyAt, version;

    /// <summary>Null where it was not asked for since the version of the classes changed.</summary>
    public readonly Node? Get(int at, int version) =>
        version != this.version ? null : all is not null ? all[at] : onlyAt == at ? only : null;

    /// <param name="classes">How many classes there are.</param>
    /// <returns>By how many places this grew.</returns>
    public int Set(int at, Node next, int version, int classes)
    {
        var before = all?.Length ?? 0;
        if (version != this.version) Clear();
        this.version = version;
        if (all is null && (only is null || onlyAt == at)) (only, onlyAt) = (next, at);
        else
        {
            if (all is null)
            {
                all = new Node?[classes];
                all[onlyAt] = only;
            }
            all[at] = next;
        }
        return (all?.Length ?? 0) - before;
    }

    public void Clear() => (all, only) = (null, null);
}
