// A kind of task in one language, for training or held out.
using Majlis.recipes.starter.Grammar;

namespace Majlis.recipes.starter.Kinds;

public interface ITaskKind
{
    /// <summary>The kind's name in files and tables.</summary>
    string Name { get; }

    Item Make(Chance chance);
}
