// A recipe, or a model it names, cannot be merged. The message names line, field, file or tensor, and what was expected.
namespace Majlis.Merge;

/// <summary>Thrown before any output is visible when a merge cannot be done as asked.</summary>
public sealed class MergeRecipeException : Exception
{
    public MergeRecipeException(string message) : base(message) { }

    public MergeRecipeException(string message, Exception inner) : base(message, inner) { }
}
