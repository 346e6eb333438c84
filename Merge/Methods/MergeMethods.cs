// All merge methods, as an explicit list without scanning.
using System.Collections.Immutable;

namespace Majlis.Merge.Methods;

public static class MergeMethods
{
    public static ImmutableArray<IMergeMethod> All { get; } =
    [
        new Linear(), new Slerp(), new NuSlerp(), new MultiSlerp(), new Karcher(),
        new TaskArithmetic(), new Ties(), new DareLinear(), new DareTies(), new Della(), new DellaLinear(),
        new Breadcrumbs(), new BreadcrumbsTies(), new ModelStock(), new Sce(), new NearSwap(), new ArceeFusion(),
        new Ram(), new RamPlus(), new Passthrough(),
    ];

    public static IMergeMethod? Find(string name) => All.FirstOrDefault(method => method.Name == name);
}
