// Reads the bodies of /v1/rerank (Jina's fields and vLLM's) and of Cohere's /v2/rerank. Knows no model.
using System.Collections.Immutable;
using System.Text.Json;
using Majlis.Server.Wire;

namespace Majlis.Server.Rerank;

static class RerankRequestReader
{
    const int MostDocuments = 10_000;

    const int CoheresTokens = 4096;

    /// <summary>The request, or null with the reason in <paramref name="problem"/>.</summary>
    public static RerankRequest? Read(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        var most = fields.Int("truncate_prompt_tokens", -1, int.MaxValue);
        if (most == 0)
            problem.Add(ApiError.InvalidValue("truncate_prompt_tokens", "Invalid 'truncate_prompt_tokens': 0; it is -1 or positive."));
        return Common(fields, problem) is not { } request ? null : Done(fields, problem, request with
        {
            ReturnsDocuments = fields.Flag("return_documents") ?? true,
            MostTokens = most is > 0 ? most : null,
            Cuts = most is not null,
        });
    }

    /// <summary>Cohere's; documents that are too long are cut, as its own service does.</summary>
    public static RerankRequest? ReadCohere(JsonElement body, Problem problem)
    {
        var fields = new Fields(body, "", problem);
        if (problem.First is not null) return null;
        if (!fields.Has("model")) problem.Add(ApiError.MissingField("model"));
        return Common(fields, problem) is not { } request ? null : Done(fields, problem, request with
        {
            MostTokens = fields.Int("max_tokens_per_doc", 1, int.MaxValue) ?? CoheresTokens,
            Cuts = true,
        });
    }

    static RerankRequest? Common(Fields fields, Problem problem)
    {
        var request = new RerankRequest
        {
            Model = fields.Text("model"),
            Query = fields.RequiredText("query"),
            Documents = Documents(fields, problem),
            Top = fields.Int("top_n", 1, int.MaxValue),
            Priority = fields.Int("priority", 0, int.MaxValue) ?? 0,
        };
        return problem.First is null ? request : null;
    }

    static RerankRequest? Done(Fields fields, Problem problem, RerankRequest request)
    {
        fields.Text("user");
        fields.Done();
        return problem.First is null ? request : null;
    }

    // Texts, or objects that hold one.
    static ImmutableArray<string> Documents(Fields fields, Problem problem)
    {
        if (!fields.Has("documents")) problem.Add(ApiError.MissingField("documents"));
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var (item, name) in fields.Items("documents"))
        {
            if (texts.Count == MostDocuments) problem.Add(ApiError.TooMany("documents", MostDocuments + 1, MostDocuments));
            if (problem.First is not null) return [];
            if (item.ValueKind == JsonValueKind.String) texts.Add(item.GetString()!);
            else if (item.ValueKind == JsonValueKind.Object)
            {
                var document = new Fields(item, name, problem);
                texts.Add(document.RequiredText("text"));
                document.Done();
            }
            else problem.Add(ApiError.WrongType(name, "a string or an object with 'text'", Fields.Kind(item)));
        }
        if (texts.Count == 0) problem.Add(ApiError.InvalidValue("documents", "Invalid 'documents': at least one is needed."));
        return texts.ToImmutable();
    }
}
