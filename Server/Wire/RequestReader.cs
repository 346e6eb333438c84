// Reads a request's body and converts it for an endpoint; large bodies go through the PreparationQueue. Knows no field.
using System.Text.Json;

namespace Majlis.Server.Wire;

sealed class RequestReader(PreparationQueue preparation)
{
    /// <summary>The body converted by <paramref name="make"/>, or null with the reason in <paramref name="problem"/>.</summary>
    public async Task<T?> ReadAsync<T>(HttpRequest request, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        var bytes = await RequestBody.ReadAsync(request, problem);
        return problem.First is not null ? null
            : await preparation.RunAsync(bytes.Length, () => Make(bytes, problem, make), request.HttpContext.RequestAborted);
    }

    static T? Make<T>(ReadOnlyMemory<byte> bytes, Problem problem, Func<JsonElement, T?> make) where T : class
    {
        using var body = RequestBody.Parse(bytes, problem);
        return body is null ? null : make(body.RootElement);
    }
}
