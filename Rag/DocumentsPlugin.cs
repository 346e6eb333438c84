// The documents as a Semantic Kernel plugin: takes a question, returns passages to cite. Knows no HTTP and no model.
using System.ComponentModel;
using Microsoft.SemanticKernel;

namespace Majlis.Rag;

public sealed class DocumentsPlugin(PassageIndex index)
{
    public const string Name = "documents";
    public const string Search = "search";
    public const int MostPassages = 20;

    /// <summary>The passages that match the question best, best first, as documents for a grounded answer.</summary>
    [KernelFunction(Search), Description("Finds passages of the documents that help to answer a question in Arabic or English.")]
    public IReadOnlyList<GroundingDocument> Find(
        [Description("The question, in the user's words")] string question,
        [Description("How many passages at most, from 1 to 20")] int count = 3) =>
        [.. index.Search(question, Math.Clamp(count, 1, MostPassages)).Select(found =>
            new GroundingDocument(found.Passage.Id, found.Passage.Title, found.Passage.Text))];
}
