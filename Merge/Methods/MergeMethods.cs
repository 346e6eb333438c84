// All merge methods, as an explicit list without scanning.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

public static class MergeMethods
{
    public static ImmutableArray<IMergeMethod> All { get; } = [new Linear(), new TaskArithmetic()];

    public static IMergeMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
