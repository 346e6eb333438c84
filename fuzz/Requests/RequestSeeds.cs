// A valid request for every endpoint of the API, and the objects that they name, made on the server before. What endpoints there are is
// read from the server's own document; one without a body here is only called by its path.
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Majlis.fuzz.Requests;

/// <param name="Path">With names in braces where an id stands.</param>
/// <param name="Id">Of an object that is there; null where there is none, or the request would take it away.</param>
/// <param name="Body">JSON; null where the request has none.</param>
/// <param name="IsForm">The body is the text of a file in a form.</param>
sealed record RequestSeed(string Method, string Path, string? Id, string? Body, bool IsForm);

static partial class RequestSeeds
{
    const string Weather = """
        [{"type": "function", "function": {"name": "weather", "description": "Tells it", "strict": true, "parameters": {"type": "object",
          "properties": {"city": {"type": "string", "enum": ["Fes", "Rabat"]}}, "required": ["city"], "additionalProperties": false}}}]
        """;

    static readonly string[] forms = ["/v1/files", "/v1/uploads/{id}/parts"];

    static readonly ILookup<string, string> bodies = Known().ToLookup(known => known.Path, known => known.Body);

    static IEnumerable<(string Path, string Body)> Known() =>
    [
        ("/v1/chat/completions", """
            {"model": "current", "messages": [{"role": "system", "content": "Be brief."}, {"role": "user",
             "content": [{"type": "text", "text": "hello"}]}], "temperature": 0.7, "top_p": 0.9, "top_k": 5, "max_tokens": 3,
             "n": 2, "seed": 1, "stop": ["x"], "logprobs": true, "top_logprobs": 2, "logit_bias": {"65": -1}, "store": true,
             "metadata": {"a": "b"}, "stream": false, "user": "me", "presence_penalty": 0.1}
            """),
        ("/v1/chat/completions", $$$"""
            {"model": "current", "messages": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": null,
             "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "call_1", "content": "21"}], "max_tokens": 2, "tools": {{{Weather}}},
             "tool_choice": "auto", "parallel_tool_calls": false, "stream": true, "stream_options": {"include_usage": true}}
            """),
        ("/v1/chat/completions", """
            {"model": "current", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 2, "documents": [{"id": "a",
             "title": "t", "text": "The sea is deep."}], "citation_options": {"mode": "FAST"},
             "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object",
             "properties": {"a": {"type": "integer", "minimum": 1}}, "required": ["a"]}}}, "chat_template_kwargs": {"a": 1},
             "reasoning_effort": "low", "best_of_n": 2}
            """),
        ("/v1/completions", """
            {"model": "current", "prompt": ["hello", "world"], "max_tokens": 2, "n": 1, "best_of": 2, "echo": true, "logprobs": 2,
             "stop": "x", "stream": false, "temperature": 0.5, "min_p": 0.1, "repetition_penalty": 1.1, "prompt_logprobs": 1}
            """),
        ("/v1/responses", $$$"""
            {"model": "current", "input": [{"role": "user", "content": [{"type": "input_text", "text": "hello"}]}],
             "instructions": "Be brief.", "max_output_tokens": 16, "tools": [{"type": "function", "name": "weather",
             "parameters": {"type": "object", "properties": {}}, "strict": false}], "text": {"format": {"type": "text"}},
             "reasoning": {"effort": "low"}, "stream": true, "store": true, "include": ["message.output_text.logprobs"],
             "truncation": "auto", "metadata": {"a": "b"}}
            """),
        ("/v1/responses/input_tokens", """{"model": "current", "input": "hello", "instructions": "Be brief."}"""),
        ("/v1/embeddings", """
            {"model": "current", "input": ["hello", "world"], "encoding_format": "base64", "dimensions": 1, "user": "me"}
            """),
        ("/v1/rerank", """
            {"model": "current", "query": "sea", "documents": ["a", {"text": "b"}], "top_n": 1, "return_documents": true}
            """),
        ("/rerank", """{"model": "current", "query": "sea", "documents": ["a", "b"], "truncate_prompt_tokens": 8}"""),
        ("/v2/rerank", """{"model": "current", "query": "sea", "documents": ["a", "b"], "top_n": 1, "max_tokens_per_doc": 64}"""),
        ("/v1/messages", """
            {"model": "current", "max_tokens": 2, "system": [{"type": "text", "text": "Be brief."}], "messages": [{"role": "user",
             "content": [{"type": "text", "text": "hello"}]}], "stop_sequences": ["x"], "tools": [{"name": "weather",
             "input_schema": {"type": "object"}}], "tool_choice": {"type": "auto"}, "temperature": 1, "top_k": 3,
             "metadata": {"user_id": "me"}, "thinking": {"type": "disabled"}}
            """),
        ("/v1/messages", """{"model": "current", "max_tokens": 2, "messages": [{"role": "user", "content": "hello"}], "stream": true}"""),
        ("/v1/messages/count_tokens", """
            {"model": "current", "messages": [{"role": "user", "content": "hello"}], "system": "Be brief."}
            """),
        ("/v2/chat", """
            {"model": "current", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 2,
             "documents": ["The sea is deep.", {"id": "a", "data": {"text": "The sky is red."}}],
             "citation_options": {"mode": "FAST"}, "p": 0.9, "k": 3, "stream": false, "response_format": {"type": "text"},
             "stop_sequences": ["x"], "logprobs": true, "safety_mode": "OFF", "seed": 1}
            """),
        ("/v2/chat", """{"model": "current", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 2, "stream": true}"""),
        ("/v2/embed", """
            {"model": "current", "texts": ["a", "b"], "input_type": "search_query", "embedding_types": ["float", "int8",
             "ubinary"], "truncate": "END", "output_dimension": 256}
            """),
        ("/v1/moderations", """{"model": "current", "input": "hello"}"""),
        ("/tokenize", """{"model": "current", "prompt": "hello", "add_special_tokens": true, "return_token_strs": true}"""),
        ("/tokenize", """{"messages": [{"role": "user", "content": "hello"}], "add_generation_prompt": true}"""),
        ("/detokenize", """{"model": "current", "tokens": [65, 66]}"""),
        ("/v1/files", """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}"""),
        ("/v1/uploads", """{"bytes": 5, "filename": "a.jsonl", "mime_type": "application/jsonl", "purpose": "batch"}"""),
        ("/v1/uploads/{id}/parts", """{}"""),
        ("/v1/uploads/{id}/complete", """{"part_ids": ["part_0"], "md5": "d41d8cd98f00b204e9800998ecf8427e"}"""),
        ("/v1/batches", """
            {"input_file_id": "FILE", "endpoint": "/v1/chat/completions", "completion_window": "24h", "metadata": {"a": "b"},
             "output_expires_after": {"anchor": "created_at", "seconds": 3600}}
            """),
        ("/v1/fine_tuning/jobs", """
            {"model": "current", "training_file": "FILE", "validation_file": "FILE", "suffix": "a", "seed": 1,
             "metadata": {"a": "b"}, "method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.1, "n_epochs": 1,
             "batch_size": "auto"}}}}
            """),
        ("/v1/vector_stores", """
            {"name": "a", "file_ids": ["FILE"], "expires_after": {"anchor": "last_active_at", "days": 1}, "metadata": {"a": "b"},
             "chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 10}}}
            """),
        ("/v1/vector_stores/{id}", """{"name": "b", "metadata": {"a": "c"}}"""),
        ("/v1/vector_stores/{id}/search", """
            {"query": "sea", "max_num_results": 2, "rewrite_query": true, "ranking_options": {"ranker": "auto",
             "score_threshold": 0.1}, "filters": {"type": "and", "filters": [{"type": "eq", "key": "a", "value": "b"},
             {"type": "gte", "key": "c", "value": 1}]}}
            """),
        ("/v1/vector_stores/{id}/files", """{"file_id": "FILE", "attributes": {"a": "b", "c": 1, "d": true}}"""),
        ("/v1/vector_stores/{id}/files/{file}", """{"attributes": {"a": "c"}}"""),
        ("/v1/vector_stores/{id}/file_batches", """{"file_ids": ["FILE"], "attributes": {"a": "b"}}"""),
        ("/v1/chat/completions/{id}", """{"metadata": {"a": "c"}}"""),
        ("/v1/feedback", """{"completion_id": "CHAT", "rating": "good", "comment": "fine", "preferred": "Hi."}"""),
        ("/v1/preferences", """{"id": "a", "prompt": [], "answers": []}"""),
        ("/v1/arena/battles", """{"messages": [{"role": "user", "content": "hello"}], "max_tokens": 2, "temperature": 1}"""),
        ("/v1/arena/battles/{id}/vote", """{"verdict": "a", "tags": ["brief"], "comment": "fine", "dwell_ms": 10}"""),
        ("/v1/arena/session", """{"key": "sk-none"}"""),
        ("/v1/catalog/rollback", """{"reason": "a", "generation": 1}"""),
        ("/v1/catalog/versions/{id}/promote", """{"reason": "a", "generation": 1}"""),
        ("/v1/catalog/versions/{id}/trial", """{"share": 0.5}"""),
    ];

    /// <summary>What may be called, with the ids of objects that were made for it.</summary>
    public static async Task<IReadOnlyList<RequestSeed>> MakeAsync(HttpClient http, CancellationToken stop)
    {
        var file = await IdAsync(http, "/v1/files", FileForm("{}"), stop);
        var made = new Dictionary<string, string?> { ["/v1/files"] = file };
        foreach (var list in new[] { "/v1/chat/completions", "/v1/responses", "/v1/uploads", "/v1/vector_stores", "/v1/arena/battles" })
            made[list] = await IdAsync(http, list, JsonContent.Create(JsonNode.Parse(Named(bodies[list].First()))), stop);
        var document = await http.GetFromJsonAsync<JsonObject>(new Uri("/openapi.json", UriKind.Relative), stop);
        var seeds = new List<RequestSeed>();
        foreach (var (path, operations) in document!["paths"]!.AsObject())
            foreach (var method in operations!.AsObject().Select(operation => operation.Key.ToUpperInvariant()))
            {
                var known = method == "POST" ? bodies[path].Select(body => Named(body)) : [];
                var called = path.Replace("{file}", file ?? "file-0", StringComparison.Ordinal);
                var takesAway = method == "DELETE" || path.EndsWith("/cancel", StringComparison.Ordinal);
                var id = takesAway ? null : made.FirstOrDefault(list => path.StartsWith(list.Key + "/{", StringComparison.Ordinal)).Value;
                seeds.AddRange(known.DefaultIfEmpty(null).Select(body => new RequestSeed(method, called, id, body, forms.Contains(path))));
            }
        return seeds;

        string Named(string body) => body.Replace("FILE", file ?? "file-0", StringComparison.Ordinal)
            .Replace("CHAT", made.GetValueOrDefault("/v1/chat/completions") ?? "chatcmpl-0", StringComparison.Ordinal);
    }

    /// <summary>The paths of seeds that have a body, for whoever asks whether one is missing.</summary>
    public static IEnumerable<string> PathsWithBody => bodies.Select(known => known.Key);

    static MultipartFormDataContent FileForm(string text) => new()
    {
        { new StringContent("fine-tune"), "purpose" },
        { new StringContent(text), "file", "a.jsonl" },
    };

    static async Task<string?> IdAsync(HttpClient http, string path, HttpContent content, CancellationToken stop)
    {
        using var reply = await http.PostAsync(new Uri(path, UriKind.Relative), content, stop);
        // The first is the object's own, in streams as well.
        var id = Id().Match(await reply.Content.ReadAsStringAsync(stop));
        return reply.IsSuccessStatusCode && id.Success ? id.Groups[1].Value : null;
    }

    [GeneratedRegex("\"id\":\"([^\"]+)\"")]
    private static partial Regex Id();
}
