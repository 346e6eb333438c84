// A page of an audit as a reply, as the query asks for it. Knows nothing of what a record says.
using System.Text.Json.Serialization.Metadata;
using Majlis.Feedback.Store;

namespace Majlis.Server.Wire;

static class AuditReply
{
    /// <param name="item">Reads a record.</param>
    /// <param name="id">The id by which a client asks for what follows.</param>
    /// <param name="json">Writes the page.</param>
    /// <exception cref="FeedbackUnavailableException">The store is away.</exception>
    public static async Task<IResult> OfAsync<T>(HttpContext http, AuditStream audit, Func<AuditEntry, T> item, Func<T, string> id,
        JsonTypeInfo<ListPage<T>> json)
    {
        var problem = new Problem();
        if (Paging.Read(http.Request.Query, problem) is not { } paging) return problem.First!.ToResult();
        return await audit.ReadAsync(paging.Limit, paging.After, paging.NewestFirst) is not { } page ? paging.UnknownAfter().ToResult()
            : TypedResults.Json(ListPage<T>.Of([.. page.Entries.Select(item)], id, page.HasMore), json);
    }
}
